namespace Streaming.Learning.Numerics;

/// <summary>Columns of doubles, a stride apart; the first of them may lie elsewhere, so that they need not be copied.</summary>
readonly unsafe struct PanelColumns
{
    readonly double* panel;
    readonly double* elsewhere;
    readonly long stride;
    readonly long strideElsewhere;
    readonly int countElsewhere;

    /// <summary>Columns of a panel.</summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    public PanelColumns(double* panel, long stride)
    {
        this.panel = panel;
        this.stride = stride;
    }

    /// <summary>Columns of a panel, the first of which lie elsewhere; the panel has room for them all the same.</summary>
    /// <param name="panel">Where the first column would be.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="elsewhere">The first column.</param>
    /// <param name="strideElsewhere">Doubles from there to the next.</param>
    /// <param name="countElsewhere">Columns that lie there, whole blocks of <see cref="CrossProductKernel.Block"/>.</param>
    public PanelColumns(double* panel, long stride, double* elsewhere, long strideElsewhere, int countElsewhere)
        : this(panel, stride)
    {
        this.elsewhere = elsewhere;
        this.strideElsewhere = strideElsewhere;
        this.countElsewhere = countElsewhere;
    }

    /// <summary>A column.</summary>
    public double* this[int column] =>
        column < countElsewhere ? elsewhere + column * strideElsewhere : panel + column * stride;

    /// <summary>Doubles from a column to the next of its block.</summary>
    public long StrideAt(int column) => column < countElsewhere ? strideElsewhere : stride;
}
