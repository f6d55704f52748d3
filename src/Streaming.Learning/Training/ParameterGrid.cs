using System.Globalization;
using Streaming.Learning.Estimators;

namespace Streaming.Learning.Training;

/// <summary>All combinations of values of parameters, as scikit-learn's <c>ParameterGrid</c> has them: the last parameter changes fastest.</summary>
public static class ParameterGrid
{
    /// <summary>The parameter that is no estimator's own: passes of the training loop.</summary>
    public const string Epochs = "epochs";

    /// <summary>The candidates of a sweep.</summary>
    /// <param name="create">Makes an estimator with the parameters that all candidates share.</param>
    /// <param name="values">
    /// Per parameter, by its scikit-learn name (<c>n_clusters</c>) or <see cref="Epochs"/>, the values to try as invariant text. Those with one value are set and
    /// not named.
    /// </param>
    /// <exception cref="ArgumentException">There is no such parameter, no value, the same value twice, or a text is no value of it.</exception>
    public static IReadOnlyList<SweepCandidate> Of(Func<Estimator> create, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> values)
    {
        IReadOnlyList<EstimatorParameter> parameters = EstimatorParameters.Of(create().GetType());
        List<SweepCandidate> candidates = [];
        var chosen = new string[values.Count];
        foreach ((string name, IReadOnlyList<string> texts) in values)
            RefuseEqual(name, texts);

        Choose(0);
        return candidates;

        void Choose(int position)
        {
            if (position == values.Count)
            {
                candidates.Add(Candidate());
                return;
            }

            if (values[position].Value.Count == 0)
                throw new ArgumentException($"Parameter {values[position].Key}: wanted at least one value, found none.");

            foreach (string value in values[position].Value)
            {
                chosen[position] = value;
                Choose(position + 1);
            }
        }

        SweepCandidate Candidate()
        {
            Estimator estimator = create();
            int? epochs = null;
            for (int i = 0; i < chosen.Length; i++)
            {
                if (values[i].Key == Epochs)
                    epochs = EpochsOf(chosen[i]);
                else
                    ParameterOf(values[i].Key).Set(estimator, chosen[i]);
            }

            IEnumerable<string> varied = Enumerable.Range(0, chosen.Length).Where(i => values[i].Value.Count > 1).Select(i => $"{values[i].Key}={chosen[i]}");
            return new SweepCandidate(string.Join(' ', varied), estimator) { Epochs = epochs };
        }

        // The same value may be written in several ways: 0.1 and 1e-1.
        void RefuseEqual(string name, IReadOnlyList<string> texts)
        {
            if (texts.GroupBy(text => Meaning(name, text)).FirstOrDefault(same => same.Count() > 1) is { } equal)
                throw new ArgumentException($"Parameter {name}: wanted each value once, found {string.Join(" and ", equal.Select(text => $"'{text}'"))}, which are the same.");
        }

        string Meaning(string name, string text)
        {
            if (name == Epochs)
                return EpochsOf(text).ToString(CultureInfo.InvariantCulture);

            Estimator estimator = create();
            ParameterOf(name).Set(estimator, text);
            return ParameterOf(name).Format(estimator);
        }

        EstimatorParameter ParameterOf(string name) =>
            parameters.FirstOrDefault(p => p.SnakeName == name) ?? throw new ArgumentException($"There is no parameter '{name}' of {create().Name}.");

        static int EpochsOf(string text) =>
            int.TryParse(text, out int count) ? count : throw new ArgumentException($"Option epochs: wanted a whole number, found '{text}'.");
    }
}
