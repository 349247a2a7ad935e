// Writes to a store until it is killed: Undercroft.Crash BACKEND PLACE; or to one that is edited by hand at the same
// time: Undercroft.Crash notes PLACE
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

if (args is ["notes", var folder])
{
    await NoteWriter.RunAsync(folder);
    return 0;
}

if (args is not [var backend, var place] || !DurableStores.All.TryGetValue(backend, out var open))
{
    await Console.Error.WriteLineAsync($"Usage: Undercroft.Crash {string.Join('|', DurableStores.All.Keys)} PLACE");
    return 64;
}

// docs:child
await CrashWriter.RunAsync(() => open(place), Console.In, Console.OpenStandardOutput());
// docs:end
return 0;
