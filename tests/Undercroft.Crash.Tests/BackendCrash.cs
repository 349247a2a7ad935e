using System.Diagnostics;
using Undercroft.Conformance.Crash;

namespace Undercroft.Crash.Tests;

/// <summary>Kills the program beside this one, which writes to one backend.</summary>
public abstract class BackendCrash : CrashConformance
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-crash-");

    protected virtual string Place => Path.Combine(folder.FullName, "store");

    // docs:crash
    protected override ProcessStartInfo NewChild() => Command(Backend, Place);

    internal static ProcessStartInfo Command(params string[] arguments)
    {
        // The runtime that runs the tests runs the child, wherever it is installed.
        var runtime = Path.Combine(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..",
            OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var program = Path.Combine(AppContext.BaseDirectory, "Undercroft.Crash.dll");
        return new ProcessStartInfo(Path.GetFullPath(runtime), [program, .. arguments]);
    }

    protected override ValueTask<IStore> OpenAsync() => DurableStores.All[Backend](Place);

    // docs:end
    protected override ValueTask CleanUpAsync()
    {
        folder.Delete(recursive: true);
        return default;
    }
}
