using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Streaming.Learning.Numerics;

namespace Streaming.Benchmarks.Peers;

/// <summary>Judges every model alike: from its coefficients, centres or directions, on rows that none has seen, in double.</summary>
sealed class HeldOutRows
{
    readonly int features;
    readonly double[][] rows;
    readonly double[] labels;
    readonly double[] targets;

    public HeldOutRows(PeerData data)
    {
        features = data.Features.Count;
        double[][][] blocks = [.. StoredColumns.RowGroups(data.HeldOut)];
        rows = [.. blocks.SelectMany(b => Enumerable.Range(0, b[0].Length).Select(i => b.Take(features).Select(c => c[i]).ToArray()))];
        labels = [.. blocks.SelectMany(b => b[features])];
        targets = [.. blocks.SelectMany(b => b[features + 1])];
    }

    /// <summary>Rows.</summary>
    public int Count => rows.Length;

    /// <summary>The quality of a model, as <see cref="PeerJob.Measure"/> names it; of no model a dash.</summary>
    public string Judge(PeerJob job, double[] weights, double intercept)
    {
        if (weights.Length == 0)
            return "-";

        return job.Kind switch
        {
            JobKind.Logistic => Logistic([.. rows.Select(r => Lanes.Dot(r, weights) + intercept)]),
            JobKind.Linear => Text(Math.Sqrt(rows.Zip(targets, (r, y) => Square(Lanes.Dot(r, weights) + intercept - y)).Average())),
            JobKind.Clusters => Text(rows.AsParallel().AsOrdered().Select(r => NearestSquare(r, weights)).Average()),
            _ => Text(VarianceKept(weights, job.Count)),
        };
    }

    string Logistic(double[] scores)
    {
        double loss = scores.Zip(labels, (s, y) => y != 0 ? Softplus(-s) : Softplus(s)).Average();
        return $"{Text(loss)} ({AreaUnderCurve(scores).ToString("F4", CultureInfo.InvariantCulture)})";
    }

    static double Softplus(double value) => Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    // The share of pairs in the right order, ties counting for half: by ranks.
    double AreaUnderCurve(double[] scores)
    {
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        double positives = labels.Sum(), ranks = 0;
        for (int first = 0, next; first < order.Length; first = next)
        {
            for (next = first + 1; next < order.Length && scores[order[next]] == scores[order[first]];)
                next++;

            ranks += (first + next + 1) / 2.0 * order[first..next].Sum(i => labels[i]);
        }

        return (ranks - positives * (positives + 1) / 2) / (positives * (labels.Length - positives));
    }

    double NearestSquare(double[] row, double[] centers)
    {
        double nearest = double.PositiveInfinity;
        for (int c = 0; c < centers.Length; c += features)
        {
            double square = 0;
            for (int j = 0; j < features; j++)
                square += Square(row[j] - centers[c + j]);

            nearest = Math.Min(nearest, square);
        }

        return nearest;
    }

    // Of the plane that the directions span, however long they are and however they lie to each other.
    double VarianceKept(double[] directions, int count)
    {
        Matrix<double> plane = Matrix<double>.Build.DenseOfRowMajor(count, features, directions).Transpose().QR().Q;
        Matrix<double> centred = Matrix<double>.Build.DenseOfRowArrays(rows);
        Vector<double> mean = centred.ColumnSums() / Count;
        Matrix<double> covariance = centred.TransposeThisAndMultiply(centred) / Count - mean.OuterProduct(mean);
        Matrix<double> thin = plane.SubMatrix(0, features, 0, count);
        return (thin.TransposeThisAndMultiply(covariance) * thin).Trace() / covariance.Trace();
    }

    static double Square(double value) => value * value;

    static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
