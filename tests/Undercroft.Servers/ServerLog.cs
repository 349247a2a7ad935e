namespace Undercroft.Servers;

/// <summary>What a server writes. Kept where <c>UNDERCROFT_SERVER_LOGS</c> says, else in the server's folder.</summary>
internal sealed class ServerLog
{
    public ServerLog(string kind, int port, ServerFolder folder)
    {
        var place = Environment.GetEnvironmentVariable("UNDERCROFT_SERVER_LOGS") is { Length: > 0 } set
            ? Directory.CreateDirectory(set).FullName
            : folder.Path;
        Path = System.IO.Path.Combine(
            place, $"{AppDomain.CurrentDomain.FriendlyName}-{kind}-{port}-{Environment.ProcessId}.log");
    }

    public string Path { get; }

    /// <summary>How long it is now: what is written from here on is of the next start.</summary>
    public long Length => File.Exists(Path) ? new FileInfo(Path).Length : 0;

    public async Task<string> ReadAsync(long from, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path))
        {
            return "";
        }

        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _ = file.Seek(Math.Min(from, file.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    public async Task<string> TailAsync(CancellationToken cancellationToken)
    {
        var lines = (await ReadAsync(0, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.TakeLast(20));
    }
}
