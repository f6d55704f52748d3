namespace Streaming.Learning.Export;

/// <summary>
/// The part of a graph that computes quantiles of the normal distribution, for which ONNX has no operator: the rational approximations of
/// Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (Applied Statistics 37, 1988), PPND16, good to 1e-15, for shares from 1e-10 on.
/// </summary>
static class OnnxNormal
{
    // Shares nearer to 0 or 1 are taken for these: beyond, a third approximation would be wanted.
    const double LeastShare = 1e-10;

    // From 1/2 up to here the first approximation holds, beyond the second.
    const double Central = 0.425;
    const double CentralSquare = 0.180625;
    const double TailOrigin = 1.6;

    static ReadOnlySpan<double> CentralNumerator =>
    [
        3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
        33430.575583588128105, 2509.0809287301226727,
    ];

    static ReadOnlySpan<double> CentralDenominator =>
    [
        1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610, 28729.085735721942674,
        5226.4952788528545610,
    ];

    static ReadOnlySpan<double> TailNumerator =>
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
        0.0227238449892691845833, 0.000774545014278341407640,
    ];

    static ReadOnlySpan<double> TailDenominator =>
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590, 0.0151986665636164571966,
        0.000547593808499534494600, 1.05075007164441684324e-9,
    ];

    /// <summary>Adds the part.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="share">Shares, from 0 to 1.</param>
    /// <returns>The values below which they lie.</returns>
    public static string Quantile(OnnxGraph graph, string share)
    {
        share = graph.Node("Clip", share, graph.Constant(LeastShare), graph.Constant(1 - LeastShare));
        string fromHalf = graph.Node("Sub", share, graph.Constant(0.5));
        string near = graph.Node("Sub", graph.Constant(CentralSquare), graph.Node("Mul", fromHalf, fromHalf));
        string central = graph.Node("Mul", fromHalf, Ratio(graph, near, CentralNumerator, CentralDenominator));

        string smaller = graph.Node("Min", share, graph.Node("Sub", graph.Constant(1.0), share));
        string far = graph.Node("Sub", graph.Node("Sqrt", graph.Node("Neg", graph.Node("Log", smaller))), graph.Constant(TailOrigin));
        string tail = graph.Node("Mul", graph.Node("Sign", fromHalf), Ratio(graph, far, TailNumerator, TailDenominator));
        return graph.Node("Where", graph.Node("LessOrEqual", graph.Node("Abs", fromHalf), graph.Constant(Central)), central, tail);
    }

    static string Ratio(OnnxGraph graph, string at, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator) =>
        graph.Node("Div", Polynomial(graph, at, numerator), Polynomial(graph, at, denominator));

    // By Horner; the constant comes first.
    static string Polynomial(OnnxGraph graph, string at, ReadOnlySpan<double> coefficients)
    {
        string sum = graph.Constant(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--)
            sum = graph.Node("Add", graph.Node("Mul", sum, at), graph.Constant(coefficients[i]));

        return sum;
    }
}
