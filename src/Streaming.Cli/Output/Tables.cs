using Spectre.Console;

namespace Streaming.Cli.Output;

/// <summary>Results for people: tables on stdout.</summary>
static class Tables
{
    /// <summary>Characters between two columns of a table.</summary>
    const int ColumnGap = 3;

    /// <summary>Writes facts, one per line: name, value.</summary>
    public static void WriteFacts(CommandConsole console, IEnumerable<(string Name, string Value)> facts)
    {
        Table table = new Table().NoBorder().HideHeaders();
        table.AddColumn(new TableColumn("").NoWrap().PadLeft(0).PadRight(2));
        table.AddColumn(new TableColumn("").PadLeft(0).PadRight(0));
        foreach ((string name, string value) in facts)
            table.AddRow(new Text(OneLine.Of(name)), new Text(OneLine.Of(value)));

        WriteText(console, table);
    }

    /// <summary>Writes a table; the first column names the rows, the others are set to the right if they hold numbers.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="headers">Names of the columns.</param>
    /// <param name="rows">As many cells as columns each.</param>
    /// <param name="areNumbers">Whether all columns but the first hold numbers.</param>
    public static void Write(
        CommandConsole console, string title, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, bool areNumbers)
    {
        headers = [.. headers.Select(OneLine.Of)];
        rows = [.. rows.Select(row => (string[])[.. row.Select(OneLine.Of)])];
        console.Out.WriteLine();
        console.Out.WriteLine(OneLine.Of(title));

        // A table that is wider than the terminal is cut into several beneath each other, each with the names of the rows.
        List<int> widths = [.. headers.Select((h, c) => rows.Select(r => r[c].Length).Append(h.Length).Max() + ColumnGap)];
        for (int first = 1; first < headers.Count || first == 1;)
        {
            int last = first;
            int width = widths[0] + (first < widths.Count ? widths[first] : 0);
            while (last + 1 < headers.Count && (console.OutWidth is not { } most || width + widths[last + 1] <= most))
                width += widths[++last];

            WriteColumns(console, headers, rows, [0, .. Enumerable.Range(first, Math.Max(0, Math.Min(last + 1, headers.Count) - first))], areNumbers);
            first = last + 1;
        }
    }

    static void WriteColumns(
        CommandConsole console, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, int[] columns, bool areNumbers)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (int c in columns)
        {
            var column = new TableColumn(new Text(headers[c])) { NoWrap = true };
            table.AddColumn(areNumbers && c > 0 ? column.RightAligned() : column);
        }

        foreach (IReadOnlyList<string> row in rows)
            table.AddRow(columns.Select(c => new Text(row[c])));

        WriteText(console, table);
    }

    // The tables are plain text: the same on a terminal, in a file and in a pipe, without blanks at the ends of lines.
    static void WriteText(CommandConsole console, Table table)
    {
        using var text = new StringWriter();
        IAnsiConsole spectre = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });

        // A file or a pipe has no width: nothing is cut or folded there.
        spectre.Profile.Width = console.OutWidth ?? short.MaxValue;
        spectre.Write(table);
        foreach (string line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!string.IsNullOrWhiteSpace(line))
                console.Out.WriteLine(line.TrimEnd());
        }
    }
}
