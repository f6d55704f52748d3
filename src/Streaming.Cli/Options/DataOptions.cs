using System.CommandLine;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>The options of every command that reads rows: which of them count, and what missing columns are.</summary>
sealed class DataOptions
{
    readonly Option<RowCondition?> where = new("--where")
    {
        HelpName = "CONDITION",
        Description = "Use only the rows for which this is true: \"distance >= 100 and origin in ('SFO', 'LAX')\". Operators: =, !=, <, <=, >, >=, in, "
            + "between, is null, and, or, not, parentheses; texts and dates ('2024-01-31') in single quotes; other column names in backticks. NaN "
            + "counts as null. Row groups that the files' statistics rule out are not read.",
        CustomParser = result =>
        {
            try
            {
                return RowCondition.Parse(result.Tokens.Single().Value);
            }
            catch (ArgumentException e)
            {
                result.AddError(e.Message);
                return null;
            }
        },
    };

    readonly Option<MissingColumns?> missingColumns = OptionKinds.Choice<MissingColumns>(
        "--missing-columns",
        "What a column is in files that lack it while others have it: an error, or null. A null is good for --where and --keep; in features and "
        + "weights it is a missing value like any other, and a target stays an error. [default: error]");

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(where);
        command.Options.Add(missingColumns);
    }

    /// <summary>How the files make up the dataset.</summary>
    public DatasetOptions Read(ParseResult parsed, FileStore store) => new()
    {
        Where = parsed.GetValue(where),
        MissingColumns = parsed.GetValue(missingColumns) ?? MissingColumns.Error,
        Store = store,
    };
}
