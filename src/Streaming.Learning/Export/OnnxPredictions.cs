using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Models;

namespace Streaming.Learning.Export;

/// <summary>
/// The part of a graph that predicts: what <see cref="Model.Predict"/> computes, in double, under the names that skl2onnx gives to outputs.
/// </summary>
static class OnnxPredictions
{
    /// <summary>Adds the part of a model.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="model">The model.</param>
    /// <param name="x">Its features, [N × features].</param>
    /// <exception cref="ArgumentException">There is no graph for this kind of model.</exception>
    public static void Add(OnnxGraph graph, Model model, string x)
    {
        switch (model)
        {
            case LinearRegressorModel m:
                graph.Output("variable", OnnxType.Double, 1, Affine(graph, x, m.ScaledCoef, [m.ScaledIntercept]));
                break;
            case PcaModel m:
                graph.Output("variable", OnnxType.Double, m.Outputs.Count, Affine(graph, x, m.Projection, m.ProjectionBias));
                break;
            case KMeansModel m:
                AddNearest(graph, m, x);
                break;
            case LinearClassifierModel m:
                AddClassifier(graph, m, Affine(graph, x, m.ScaledCoef, m.ScaledIntercept));
                break;
            case LinearDiscriminantModel m:
                AddClassifier(graph, m, Affine(graph, x, m.ScaledCoef, m.ScaledIntercept));
                break;
            case MultinomialNbModel m:
                AddSoftmax(graph, m, Affine(graph, x, m.FeatureLogProb, m.ClassLogPrior));
                break;
            case GaussianNbModel m:
                AddSoftmax(graph, m, GaussianScores(graph, m, x));
                break;
            case MarginClassifierModel m:
                AddMargins(graph, m, Affine(graph, x, m.ScaledCoef, m.ScaledIntercept));
                break;
            default:
                throw new ArgumentException($"There is no ONNX graph for models of kind {model.Kind}.", nameof(model));
        }
    }

    static string Affine(OnnxGraph graph, string x, ReadOnlySpan<double> weights, ReadOnlySpan<double> bias) => graph.Node(
        "Gemm", [("transB", 1)], x, graph.Constant(weights, bias.Length, weights.Length / bias.Length), graph.Constant(bias, bias.Length));

    static void AddClassifier(OnnxGraph graph, Model model, string scores)
    {
        if (model.Header.Target!.Classes.Count > 2)
        {
            AddSoftmax(graph, model, scores);
            return;
        }

        AddLabel(graph, model, Positive(graph, scores));
        string ones = graph.Node("Sigmoid", scores), zeros = graph.Node("Sigmoid", graph.Node("Neg", scores));
        graph.Output("probabilities", OnnxType.Double, 2, graph.Node("Concat", [("axis", 1)], zeros, ones));
    }

    static void AddSoftmax(OnnxGraph graph, Model model, string scores)
    {
        AddLabel(graph, model, Highest(graph, scores));
        graph.Output("probabilities", OnnxType.Double, model.Header.Target!.Classes.Count, graph.Node("Softmax", [("axis", 1)], scores));
    }

    /// <summary>Scores of one class against the rest each: as they are, or as probabilities that sum to 1.</summary>
    static void AddMargins(OnnxGraph graph, MarginClassifierModel model, string scores)
    {
        int classes = model.Header.Target!.Classes.Count;
        bool isPair = classes == 2;
        AddLabel(graph, model, isPair ? Positive(graph, scores) : Highest(graph, scores));
        if (model.Link == ProbabilityLink.None)
        {
            graph.Output("scores", OnnxType.Double, isPair ? 1 : classes, scores);
            return;
        }

        string probabilities = Linked(graph, model.Link, scores);
        if (isPair)
        {
            string zeros = Linked(graph, model.Link, graph.Node("Neg", scores));
            graph.Output("probabilities", OnnxType.Double, 2, graph.Node("Concat", [("axis", 1)], zeros, probabilities));
            return;
        }

        string sum = graph.Node("ReduceSum", probabilities, graph.Constant(1L));
        string shares = graph.Node("Where", graph.Node("Greater", sum, graph.Constant(0.0)), graph.Node("Div", probabilities, sum), graph.Constant(1.0 / classes));
        graph.Output("probabilities", OnnxType.Double, classes, shares);
    }

    static string Linked(OnnxGraph graph, ProbabilityLink link, string scores)
    {
        if (link == ProbabilityLink.Logistic)
            return graph.Node("Sigmoid", scores);

        string clipped = graph.Node("Clip", scores, graph.Constant(-1.0), graph.Constant(1.0));
        return graph.Node("Mul", graph.Node("Add", clipped, graph.Constant(1.0)), graph.Constant(0.5));
    }

    /// <summary>constant - Σ half · (feature - mean)² per class: the differences are taken before squaring, so nothing cancels.</summary>
    static string GaussianScores(OnnxGraph graph, GaussianNbModel model, string x)
    {
        int classes = model.ClassPrior.Length, features = model.Header.Features.Count;
        var scores = new string[classes];
        for (int c = 0; c < classes; c++)
        {
            string difference = graph.Node("Sub", x, graph.Constant(model.ScaledTheta.Slice(c * features, features), features));
            string halves = graph.Constant(model.Halves.Slice(c * features, features), features, 1);
            scores[c] = graph.Node("MatMul", graph.Node("Mul", difference, difference), halves);
        }

        return graph.Node("Sub", graph.Constant(model.Constants, classes), graph.Node("Concat", [("axis", 1)], scores));
    }

    /// <summary>
    /// The centre that is nearest by |x|² - 2x·c + |c|² (about the mean of the centres, where least cancels), and the distance to it,
    /// taken from the differences themselves.
    /// </summary>
    static void AddNearest(OnnxGraph graph, KMeansModel model, string x)
    {
        ReadOnlySpan<double> centers = model.ScaledClusterCenters;
        int k = model.Counts.Length, features = model.Header.Features.Count;
        var middle = new double[features];
        for (int i = 0; i < centers.Length; i++)
            middle[i % features] += centers[i] / k;

        var shifted = new double[centers.Length];
        var squares = new double[k];
        for (int i = 0; i < centers.Length; i++)
        {
            shifted[i] = centers[i] - middle[i % features];
            squares[i / features] += shifted[i] * shifted[i];
        }

        string row = graph.Node("Sub", x, graph.Constant(middle, features));
        double[] weights = [.. shifted.Select(v => -2 * v)];
        string axis = graph.Constant(1L);
        string distances = graph.Node("Add", Affine(graph, row, weights, squares), graph.Node("ReduceSumSquare", row, axis));
        string label = graph.Node("ArgMin", [("axis", 1), ("keepdims", 0)], distances);
        string difference = graph.Node("Sub", x, graph.Node("Gather", graph.Constant(centers, k, features), label));
        graph.Output("label", OnnxType.Int64, null, label);
        graph.Output("distance", OnnxType.Double, 1, graph.Node("Sqrt", graph.Node("ReduceSumSquare", difference, axis)));
        graph.Output("scores", OnnxType.Double, k, graph.Node("Sqrt", graph.Node("Max", distances, graph.Constant(0.0))));
    }

    static string Positive(OnnxGraph graph, string scores)
    {
        string isPositive = graph.Node("Greater", scores, graph.Constant(0.0));
        return graph.Node("Squeeze", graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Int64)], isPositive), graph.Constant(1L));
    }

    // Of equals the first, as ArgMax has it by default.
    static string Highest(OnnxGraph graph, string scores) => graph.Node("ArgMax", [("axis", 1), ("keepdims", 0)], scores);

    static void AddLabel(OnnxGraph graph, Model model, string index)
    {
        TargetInfo target = model.Header.Target!;
        (OnnxType type, string labels) = target.ClassType switch
        {
            ClassType.Integer => (OnnxType.Int64, graph.Constant([.. target.Classes.Select(c => long.Parse(c, CultureInfo.InvariantCulture))])),
            ClassType.Boolean => (OnnxType.Bool, graph.Constant((ReadOnlySpan<bool>)[.. target.Classes.Select(c => c == "true")])),
            _ => (OnnxType.String, graph.Constant(target.Classes)),
        };
        graph.Output("label", type, null, graph.Node("Gather", labels, index));
    }
}
