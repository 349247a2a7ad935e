namespace Undercroft.Files.Tests;

/// <summary>A folder of a test's own, gone when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("undercroft-").FullName;
    private int named;

    /// <summary>A place in it that does not exist yet.</summary>
    public string NewPath() => Path.Combine(root, $"store{Interlocked.Increment(ref named)}");

    public void Dispose() => Directory.Delete(root, recursive: true);
}
