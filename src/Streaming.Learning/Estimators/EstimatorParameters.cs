using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Streaming.Learning.Estimators;

/// <summary>The parameters of an estimator as its type declares them: what the command line offers and model files record.</summary>
public static class EstimatorParameters
{
    /// <summary>The parameters of <paramref name="estimator"/>, in the order of declaration.</summary>
    public static IReadOnlyList<EstimatorParameter> Of(Type estimator) =>
    [
        .. estimator.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            .OrderBy(p => p.MetadataToken)
            .Select(p => new EstimatorParameter(p)),
    ];

    /// <summary>The values that <paramref name="estimator"/> has now, by scikit-learn's names, as invariant text.</summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(Estimator estimator) =>
        Of(estimator.GetType()).ToDictionary(p => p.SnakeName, p => p.Format(estimator));

    /// <summary>Gives <paramref name="estimator"/> the values that <see cref="ValuesOf"/> of another one of its kind had told.</summary>
    public static void SetAll(Estimator estimator, IReadOnlyDictionary<string, string> values)
    {
        foreach (EstimatorParameter parameter in Of(estimator.GetType()))
        {
            if (values.TryGetValue(parameter.SnakeName, out string? value) && value != EstimatorParameter.None)
                parameter.Set(estimator, value);
        }
    }
}

/// <summary>One parameter of an estimator.</summary>
public sealed class EstimatorParameter
{
    /// <summary>The text of a parameter that is not set.</summary>
    internal const string None = "none";

    readonly PropertyInfo property;

    internal EstimatorParameter(PropertyInfo property) => this.property = property;

    /// <summary>scikit-learn's name: <c>n_clusters</c>.</summary>
    public string SnakeName => Separate('_');

    /// <summary>Name of the option on the command line, without dashes: <c>n-clusters</c>.</summary>
    public string KebabName => Separate('-');

    /// <summary>What the parameter means, from its <see cref="DescriptionAttribute"/>.</summary>
    public string Description => property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";

    /// <summary>Its type: a number, a boolean, or an enumeration.</summary>
    public Type Type => property.PropertyType;

    /// <summary>For an enumeration the allowed names in snake_case; empty otherwise.</summary>
    public IReadOnlyList<string> AllowedValues =>
        Type.IsEnum ? [.. Enum.GetNames(Type).Select(n => Separate(n, '_'))] : [];

    /// <summary>
    /// Whether one value may hold commas: texts, and the classes' probabilities, which may be none. Other lists of numbers (ridge's <c>alpha</c>) are values to try.
    /// </summary>
    public bool HoldsCommas =>
        Type == typeof(string) || (Type == typeof(NumberList) && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);

    /// <summary>The value that <paramref name="estimator"/> has, as invariant text.</summary>
    public string Format(Estimator estimator)
    {
        object? value = property.GetValue(estimator);
        return value switch
        {
            null => None,
            bool b => b ? "true" : "false",
            Enum e => Separate(e.ToString(), '_'),
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }

    /// <summary>Sets the parameter from text.</summary>
    /// <exception cref="ArgumentException">The text is no value of the parameter's type: says what was wanted and found.</exception>
    public void Set(Estimator estimator, string text)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            object value = type.IsEnum ? ParseName(type, text)
                : type == typeof(NumberList) ? NumberList.Parse(text)
                : type == typeof(ComponentCount) ? ComponentCount.Parse(text)
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
            property.SetValue(estimator, value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            string wanted = type.IsEnum ? "one of " + string.Join(", ", AllowedValues)
                : type == typeof(bool) ? "true or false"
                : type == typeof(int) || type == typeof(long) ? "a whole number"
                : type == typeof(NumberList) ? "numbers with commas between them"
                : type == typeof(ComponentCount) ? "a whole number, a share between 0 and 1, or mle" : "a number";
            throw new ArgumentException($"Parameter {KebabName}: wanted {wanted}, found '{text}'.", e);
        }
    }

    /// <summary>A property's name as the command line would have it.</summary>
    internal static string KebabCase(string property) => Separate(property, '-');

    object ParseName(Type type, string text)
    {
        int index = AllowedValues.ToList().IndexOf(text.Replace('-', '_'));
        return index >= 0 ? Enum.GetValues(type).GetValue(index)! : throw new ArgumentException($"'{text}' is no {type.Name}.");
    }

    string Separate(char separator) => Separate(property.Name, separator);

    // scikit-learn's C keeps its case.
    static string Separate(string name, char separator) =>
        name.Length == 1 ? name : string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? separator.ToString() : "") + char.ToLowerInvariant(c) : c.ToString()));
}
