using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Streaming.Learning.Data;
using Streaming.Learning.Export;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Export;

/// <summary>What ONNX Runtime makes of rows with a model's graph.</summary>
/// <param name="Labels">Label per row, as invariant text; empty where the model has none.</param>
/// <param name="Numbers">The other outputs by name: [rows × columns], row-major.</param>
sealed record OnnxAnswers(string[] Labels, IReadOnlyDictionary<string, double[]> Numbers)
{
    /// <summary>Hands raw columns - doubles, or texts where columns are encoded - to the graph of a model.</summary>
    public static OnnxAnswers Of(Model model, Array[] columns, OnnxInput input)
    {
        using var stream = new MemoryStream();
        OnnxSignature signature = OnnxExport.Write(stream, model, input);
        using var session = new InferenceSession(stream.ToArray());
        using var run = new RunOptions();
        int rows = columns[0].Length, first = 0;
        var inputs = new Dictionary<string, OrtValue>();
        try
        {
            foreach (OnnxValue value in signature.Inputs)
            {
                if (value.Type == OnnxType.String)
                {
                    inputs.Add(value.Name, OrtValue.CreateFromStringTensor(new DenseTensor<string>((string[])columns[first++], [rows, 1])));
                    continue;
                }

                double[][] part = [.. columns[first..(first += value.Columns!.Value)].Cast<double[]>()];
                double[] rowMajor = [.. Enumerable.Range(0, rows).SelectMany(i => part.Select(c => c[i]))];
                inputs.Add(value.Name, OrtValue.CreateTensorValueFromMemory(rowMajor, [rows, part.Length]));
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, inputs, session.OutputNames);
            string[] labels = [];
            var numbers = new Dictionary<string, double[]>();
            foreach ((string name, OrtValue value) in session.OutputNames.Zip(outputs))
            {
                if (name == "label")
                    labels = TextsOf(value);
                else
                    numbers.Add(name, value.GetTensorDataAsSpan<double>().ToArray());
            }

            return new OnnxAnswers(labels, numbers);
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
                value.Dispose();
        }
    }

    /// <summary>Labels are those of the model, and numbers to 1e-10 of what is larger of them and 1.</summary>
    public static void AssertAgree(Model model, double[][] wanted, OnnxAnswers found)
    {
        int first = 0;
        if (model.Outputs[0].Kind != OutputKind.Number)
        {
            first = 1;
            Assert.Equal(wanted[0].Select(v => LabelOf(model, v)), found.Labels);
        }

        double[] numbers = found.Numbers.TryGetValue("distance", out double[]? distance) ? distance : found.Numbers.Values.Single();
        for (int row = 0; row < wanted[0].Length; row++)
        {
            int columns = wanted.Length - first;
            for (int c = 0; c < columns; c++)
            {
                double expected = wanted[first + c][row];
                double actual = numbers[row * columns + c];
                Assert.True(
                    Math.Abs(expected - actual) <= 1e-10 * Math.Max(1, Math.Abs(expected)),
                    $"Row {row}, {model.Outputs[first + c].Name}: wanted {expected:R}, found {actual:R}.");
            }
        }

        // Beside the nearest centre's distance the graph gives those to all centres.
        if (found.Numbers.TryGetValue("scores", out double[]? scores) && distance != null)
        {
            int k = scores.Length / distance.Length;
            for (int row = 0; row < distance.Length; row++)
                Assert.Equal(distance[row], scores.AsSpan(row * k, k).ToArray().Min(), 1e-6);
        }
    }

    static string LabelOf(Model model, double value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return model.Outputs[0].Kind == OutputKind.Class && model.Header.Target!.ClassType == ClassType.Text ? model.Header.Target.Classes[(int)value] : text;
    }

    static string[] TextsOf(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Int64 =>
            [.. value.GetTensorDataAsSpan<long>().ToArray().Select(v => v.ToString(CultureInfo.InvariantCulture))],
        TensorElementType.Bool =>
            [.. value.GetTensorDataAsSpan<bool>().ToArray().Select(v => v ? "true" : "false")],
        _ => value.GetStringTensorAsArray(),
    };
}
