namespace Undercroft.Bench;

/// <summary>What a gate gets to set itself up: a folder of its own and a length for each turn.</summary>
internal sealed class GateContext(string name) : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory($"undercroft-bench-{name}-").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
