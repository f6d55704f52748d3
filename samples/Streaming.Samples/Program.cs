using Streaming.Samples;

// dotnet run --project samples/Streaming.Samples -- NAME [FOLDER]: runs one sample on the data of the repository.
string folder = args.Length > 1 ? args[1] : Path.Combine("samples", "data");
if (args.Length == 0 || !Samples.All.TryGetValue(args[0], out Func<string, TextWriter, Task>? sample))
{
    Console.Error.WriteLine($"Wanted the name of a sample: {string.Join(", ", Samples.All.Keys)}.");
    return 2;
}

await sample(folder, Console.Out);
return 0;
