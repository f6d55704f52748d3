using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Streaming.Learning.Estimators;

/// <summary>One or more values to try for a parameter: <c>Alpha = 1</c> or <c>Alpha = [0.1, 1, 10]</c>; as text <c>0.1,1,10</c>.</summary>
[CollectionBuilder(typeof(NumberList), nameof(Create))]
public sealed class NumberList : IReadOnlyList<double>
{
    readonly double[] values;

    NumberList(double[] values) => this.values = values;

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public double this[int index] => values[index];

    /// <summary>A list of one.</summary>
    public static implicit operator NumberList(double value) => new([value]);

    /// <summary>A list of some.</summary>
    public static NumberList Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <summary>Reads numbers that commas part.</summary>
    /// <exception cref="FormatException">A part is no number.</exception>
    public static NumberList Parse(string text) =>
        new([.. text.Split(',').Select(part => double.Parse(part, NumberStyles.Float, CultureInfo.InvariantCulture))]);

    /// <summary>The numbers with commas between them.</summary>
    public override string ToString() => string.Join(',', values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
