using System.Globalization;

namespace Streaming.Learning.Estimators;

/// <summary>Says what a parameter should have been: name, what was wanted, what was found.</summary>
static class ParameterCheck
{
    public static void AtLeast(string name, double value, double minimum)
    {
        if (!(value >= minimum && double.IsFinite(value)))
            throw Wrong(name, $"at least {minimum.ToString(CultureInfo.InvariantCulture)}", value);
    }

    /// <summary>Holds a count also to a bound beyond all use, as memory is reckoned from it before it is refused for being too much.</summary>
    public static void Count(string name, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
            throw Wrong(name, $"from {minimum} to {maximum}", value);
    }

    public static void Above(string name, double value, double bound)
    {
        if (!(value > bound && double.IsFinite(value)))
            throw Wrong(name, $"more than {bound.ToString(CultureInfo.InvariantCulture)}", value);
    }

    public static void Share(string name, double value)
    {
        if (!(value is >= 0 and <= 1))
            throw Wrong(name, "from 0 to 1", value);
    }

    static ArgumentException Wrong(string name, string wanted, double found) =>
        new($"Parameter {name}: wanted {wanted}, found {found.ToString(CultureInfo.InvariantCulture)}.");
}
