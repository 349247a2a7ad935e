using System.Diagnostics;

namespace Undercroft.Cli.Jobs;

/// <summary>Has a process start in a session of its own, so that a Ctrl-C on the terminal reaches the worker alone: it
/// says what becomes of what runs.</summary>
/// <remarks>On Linux by <c>setsid</c>, which becomes the process; where there is none, the process starts as any other.
/// </remarks>
internal static class OwnSession
{
    private const string Starter = "setsid";

    /// <summary>Says what to start.</summary>
    public static void Aim(ProcessStartInfo start, IReadOnlyList<string> command)
    {
        if (OperatingSystem.IsWindows())
        {
            start.CreateNewProcessGroup = true;
        }
        else if (Find(start, Starter) is { } starter && Find(start, command[0]) is { } program)
        {
            start.FileName = starter;
            start.ArgumentList.Add(program);
            AddRest(start, command);
            return;
        }

        // What cannot be found is for the system to say.
        start.FileName = command[0];
        AddRest(start, command);
    }

    private static void AddRest(ProcessStartInfo start, IReadOnlyList<string> command)
    {
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }
    }

    private static string? Find(ProcessStartInfo start, string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return CanRun(program) ? Path.GetFullPath(program) : null;
        }

        var folders = start.Environment.TryGetValue("PATH", out var path) ? path ?? "" : "";
        return folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(CanRun);
    }

    private static bool CanRun(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path)
            & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
