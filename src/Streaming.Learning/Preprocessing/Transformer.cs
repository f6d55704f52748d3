using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// A step between the columns of the data and the features that an estimator learns from, named and defaulted as in scikit-learn. What it
/// learns from the training rows becomes part of the model.
/// </summary>
public abstract class Transformer
{
    /// <summary>scikit-learn's name in kebab-case, such as <c>one-hot-encoder</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ArgumentException">A parameter is out of range: names it, what was wanted, what was found.</exception>
    public abstract void Validate();

    /// <summary>Name and parameters: what runs are told apart by.</summary>
    public sealed override string ToString()
    {
        IEnumerable<string> parameters = GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.Name != nameof(Name))
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => $"{p.Name}={TextOf(p.GetValue(this))}");
        return $"{Name}({string.Join(", ", parameters)})";
    }

    static string TextOf(object? value) => value switch
    {
        null => "none",
        string text => text,
        IEnumerable items => string.Join(',', items.Cast<object?>().Select(TextOf)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
