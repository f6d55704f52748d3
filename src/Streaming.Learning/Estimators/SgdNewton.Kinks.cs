using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <content>Losses with kinks, whose curvature is all at the kinks; and the units of the others.</content>
sealed unsafe partial class SgdNewton<TLoss>
{
    const int MostRounds = 40;

    // Kinks are rounded so far that, of the rows so far, this many per column are near one: enough to tell the curvature, and so narrow in the end
    // that what is learned is the loss itself. Never more than half of the rows, nor less than a twentieth.
    const double NearRows = 60;
    const double LargestShare = 0.5;
    const double SmallestShare = 0.05;

    // In units of share times mean distance (of 1, for margins), for where rows crowd at the kink: most zeros are predicted exactly.
    const double LeastWidth = 1.5;

    double width = SgdKink.None;
    double meanLoss;
    double penaltyUnit = 1;

    // What a loss of 1 and a curvature of 1 are where targets have units; classes have none.
    double LossUnit => TLoss.Degree > 0 ? meanLoss : 1;

    double CurvatureUnit => TLoss.HasKinks ? TLoss.CurvatureOver(width, parameter) : 1;

    void LearnRounded(SgdProgress progress)
    {
        Look(progress);
        if (MinimiseRounded(gathered.Weight))
            Remember(gathered.Weight);
    }

    // Rounds the kinks by the errors there are, and narrower once these are smaller: at the first rows errors may be as large as the targets. False:
    // no output is off its kink, so there is nothing to learn, and no scale to remember it by.
    bool MinimiseRounded(double stepWeight)
    {
        double next = Width();
        bool isLearned = false;
        for (int round = 0; round < MostRounds && next > 0 && (round == 0 || next < width / 2); round++)
        {
            width = next;
            double loss = TLoss.Derive(Rows(), 0);
            Minimise(loss, stepWeight, Negligible * LossUnit * stepWeight);
            isLearned = true;
            next = Width();
        }

        return isLearned;
    }

    // How far the nearest of the panel's outputs are from their kinks.
    double Width()
    {
        TLoss.MeasureDistances(Rows());
        int count = 0;
        double sum = 0;
        for (int c = 0; c < outputs; c++)
        {
            for (int i = 0; i < panel.RowCount; i++)
            {
                if (panel.Weights[i] > 0)
                    sum += distances[count++] = moves.Pointer[(long)c * panel.Stride + i];
            }
        }

        double share = Math.Clamp(NearRows * columns / ((steps + 1) * panel.Capacity), SmallestShare, LargestShare);
        double unit = TLoss.Degree > 0 ? sum / count : 1;
        return Math.Max(Selection.Ranked(distances.AsSpan(0, count), (int)(share * count)), LeastWidth * share * unit);
    }

    double PenaltyUnit()
    {
        (_, double unit) = SgdTargetUnit.Of(new ReadOnlySpan<double>(panel.Targets, panel.RowCount), panel.HasIntercept);
        return TLoss.Degree > 0 ? TLoss.CurvatureOver(unit, parameter) : 1;
    }
}
