using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Streaming.Benchmarks.Storage;

/// <summary>
/// An S3 server that costs next to nothing, so that what is measured is the client: the files of one folder as a bucket's objects, answers
/// to HEAD, GET with or without a range, and ListObjectsV2. The kernel sends the files (sendfile). It checks no signature. Linux only.
/// </summary>
static partial class LoopbackServer
{
    /// <summary>The bucket.</summary>
    public const string Bucket = "bench";

    /// <summary>The command <c>s3-serve</c>: prints its address, and ends when its standard input does.</summary>
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("FOLDER") { Description = "The folder whose files are served." };
        var command = new Command("s3-serve", "Serves a folder as a bucket, for the benchmark of S3.") { folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder).FullName));
        return command;
    }

    /// <summary>Starts it as a process of its own, whose CPU is not counted as the client's; sets the environment that leads to it.</summary>
    /// <param name="folder">The folder whose files are served.</param>
    /// <param name="processor">The processor that it is kept to; null for any.</param>
    public static Process Start(string folder, int? processor)
    {
        string[] serve = [Environment.ProcessPath!, "s3-serve", folder];
        string[] words = processor is { } one ? ["taskset", "-c", one.ToString(CultureInfo.InvariantCulture), .. serve] : serve;
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process server = Process.Start(start)!;
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", server.StandardOutput.ReadLine());
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "anybody");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "anything");
        Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
        return server;
    }

    static void Run(string folder)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        Console.WriteLine($"http://{listener.LocalEndpoint}");
        new Thread(() => Accept(listener, folder)) { IsBackground = true }.Start();
        while (Console.In.Read() >= 0)
        {
        }
    }

    static void Accept(TcpListener listener, string folder)
    {
        while (true)
        {
            Socket client = listener.AcceptSocket();
            client.NoDelay = true;
            new Thread(() => Serve(client, folder), 256 * 1024) { IsBackground = true }.Start();
        }
    }

    static void Serve(Socket client, string folder)
    {
        using Socket open = client;
        var buffer = new byte[16 * 1024];
        int filled = 0;
        try
        {
            while (true)
            {
                int end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    int count = client.Receive(buffer.AsSpan(filled));
                    if (count == 0)
                        return;

                    filled += count;
                    continue;
                }

                string head = Encoding.Latin1.GetString(buffer, 0, end);
                buffer.AsSpan(end + 4, filled - end - 4).CopyTo(buffer);
                filled -= end + 4;
                Answer(client, folder, head);
            }
        }
        catch (SocketException)
        {
            // The client has gone, as it may in the middle of an answer.
        }
    }

    static void Answer(Socket client, string folder, string head)
    {
        string[] words = head.Split(' ', 3);
        (string method, string[] target) = (words[0], words[1].Split('?'));
        string key = Uri.UnescapeDataString(target[0]).TrimStart('/')[Bucket.Length..].TrimStart('/');
        if (key.Length == 0)
        {
            Send(client, "200 OK", "Content-Type: application/xml\r\n", Encoding.UTF8.GetBytes(Listing(folder, target[^1])));
            return;
        }

        var file = new FileInfo(Path.Combine(folder, key));
        if (!file.Exists)
        {
            Send(client, "404 Not Found", "", []);
            return;
        }

        (long from, long length, bool isPart) = (0L, file.Length, false);
        if (RangeHeader().Match(head) is { Success: true } range)
        {
            from = long.Parse(range.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            long to = range.Groups[2].Length > 0 ? Math.Min(file.Length - 1, long.Parse(range.Groups[2].ValueSpan, CultureInfo.InvariantCulture)) : file.Length - 1;
            (length, isPart) = (to - from + 1, true);
        }

        string status = isPart ? $"206 Partial Content\r\nContent-Range: bytes {from}-{from + length - 1}/{file.Length}" : "200 OK";
        SendHead(client, status, $"Accept-Ranges: bytes\r\nETag: {ETag(file)}\r\nLast-Modified: {file.LastWriteTimeUtc:R}\r\nContent-Type: binary/octet-stream\r\n", length);
        if (method == "GET")
            SendFile(client, file.FullName, from, length);
    }

    static string Listing(string folder, string query)
    {
        string prefix = PrefixParameter().Match(query) is { Success: true } found ? Uri.UnescapeDataString(found.Groups[1].Value) : "";
        var items = new StringBuilder();
        foreach (FileInfo file in new DirectoryInfo(folder).GetFiles(prefix + "*").OrderBy(f => f.Name, StringComparer.Ordinal))
            items.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{file.Name}</Key><LastModified>{file.LastWriteTimeUtc:s}.000Z</LastModified><ETag>{ETag(file)}</ETag><Size>{file.Length}</Size></Contents>");

        return $"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{Bucket}</Name><IsTruncated>false</IsTruncated>{items}</ListBucketResult>";
    }

    static string ETag(FileInfo file) => $"\"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}\"";

    static void Send(Socket client, string status, string headers, byte[] body)
    {
        SendHead(client, status, headers, body.Length);
        client.Send(body);
    }

    static void SendHead(Socket client, string status, string headers, long length) =>
        client.Send(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nx-amz-request-id: 1\r\n{headers}Content-Length: {length}\r\n\r\n"));

    static void SendFile(Socket client, string path, long offset, long length)
    {
        using var file = File.OpenHandle(path);
        for (long end = offset + length; offset < end;)
        {
            if (SendFile((int)client.Handle, (int)file.DangerousGetHandle(), ref offset, (nint)(end - offset)) < 0)
                throw new SocketException();
        }
    }

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(int destination, int source, ref long offset, nint count);

    [GeneratedRegex(@"\r\nRange: *bytes=(\d+)-(\d*)", RegexOptions.IgnoreCase)]
    private static partial Regex RangeHeader();

    [GeneratedRegex("(?:^|&)prefix=([^&]*)")]
    private static partial Regex PrefixParameter();
}
