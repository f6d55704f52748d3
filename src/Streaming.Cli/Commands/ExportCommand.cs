using System.CommandLine;
using System.Text.Json.Nodes;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Export;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming export MODEL --onnx FILE</c>: writes a model for other programs.</summary>
static class ExportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> model = OptionKinds.Model();
        Option<string> onnx = OptionKinds.Output("--onnx", "FILE", "Where to write the ONNX graph.");
        Option<OnnxInput?> input = OptionKinds.Choice<OnnxInput>(
            "--input", "How the graph takes the data: an input per column, named as the column, or all features as one tensor X. [default: columns]");
        Option<bool> json = OptionKinds.Json();
        var storage = new StorageOptions();
        var command = new CliCommand("export", "Write a model as an ONNX graph, scaling and filling included.")
        {
            Examples = ["streaming export late.model --onnx late.onnx"],
        };
        command.Arguments.Add(model);
        command.Options.Add(onnx);
        command.Options.Add(input);
        command.Options.Add(json);
        storage.AddTo(command);
        command.SetAction(parsed =>
        {
            using FileStore store = storage.Open(parsed);
            string path = parsed.GetRequiredValue(model), output = parsed.GetRequiredValue(onnx);
            OutputFile.RefuseOthers(output, "onnx", [path]);
            OnnxSignature signature = OnnxExport.Save(SavedModel.Load(path, store), output, parsed.GetValue(input) ?? OnnxInput.Columns, store);
            if (parsed.GetValue(json))
                JsonText.Write(console.Out, ToJson(path, output, signature, store));
            else
                Write(console, output, signature, store);

            return ExitCode.Done;
        });
        return command;
    }

    static JsonObject ToJson(string model, string output, OnnxSignature signature, FileStore store) => new()
    {
        ["model"] = model,
        ["onnx"] = output,
        ["opset"] = OnnxExport.Opset,
        ["bytes"] = store.FindFile(output)!.Length,
        ["inputs"] = ToJson(signature.Inputs),
        ["outputs"] = ToJson(signature.Outputs),
    };

    static JsonArray ToJson(IReadOnlyList<OnnxValue> values) =>
        [.. values.Select(v => (JsonNode?)new JsonObject { ["name"] = v.Name, ["type"] = TypeOf(v), ["shape"] = JsonText.Array(ShapeOf(v)) })];

    static void Write(CommandConsole console, string output, OnnxSignature signature, FileStore store)
    {
        Tables.WriteFacts(console, [("onnx", $"{output} ({Figures.Bytes(store.FindFile(output)!.Length)}, opset {OnnxExport.Opset})")]);
        Tables.Write(console, "Inputs", ["name", "type"], [.. signature.Inputs.Select(Row)], areNumbers: false);
        Tables.Write(console, "Outputs", ["name", "type"], [.. signature.Outputs.Select(Row)], areNumbers: false);

        static string[] Row(OnnxValue value) => [value.Name, $"{TypeOf(value)}[{string.Join(", ", ShapeOf(value))}]"];
    }

    static string TypeOf(OnnxValue value) => value.Type.ToString().ToLowerInvariant();

    static IEnumerable<string> ShapeOf(OnnxValue value) => value.Columns is { } columns ? ["N", Figures.Count(columns)] : ["N"];
}
