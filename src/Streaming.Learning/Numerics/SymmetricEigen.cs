using MathNet.Numerics.LinearAlgebra;

namespace Streaming.Learning.Numerics;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix (Householder tridiagonalisation and QL, by Math.NET Numerics).</summary>
/// <param name="Values">Eigenvalues, descending; length n.</param>
/// <param name="Vectors">
/// [n × n], row-major: row i is the unit eigenvector of <paramref name="Values"/>[i], with the sign that makes its largest entry (by
/// size; the first of equals) positive, as scikit-learn's <c>svd_flip</c> does for components.
/// </param>
readonly record struct SymmetricEigen(double[] Values, double[] Vectors)
{
    /// <summary>Decomposes a symmetric matrix.</summary>
    /// <param name="matrix">[n × n].</param>
    /// <param name="n">Side of the matrix.</param>
    public static SymmetricEigen Of(double[] matrix, int n)
    {
        var evd = Matrix<double>.Build.Dense(n, n, (double[])matrix.Clone()).Evd(Symmetricity.Symmetric);
        double[] ascending = evd.EigenValues.Map(v => v.Real).ToArray();
        double[] columns = evd.EigenVectors.ToColumnMajorArray();
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => ascending[i])];
        var values = new double[n];
        var vectors = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            values[i] = ascending[order[i]];
            Span<double> vector = vectors.AsSpan(i * n, n);
            columns.AsSpan(order[i] * n, n).CopyTo(vector);
            FixSign(vector);
        }

        return new SymmetricEigen(values, vectors);
    }

    static void FixSign(Span<double> vector)
    {
        double largest = 0;
        foreach (double value in vector)
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;

        if (largest >= 0)
            return;

        foreach (ref double value in vector)
            value = -value;
    }
}
