// Writes to a store until it is killed: Undercroft.Crash BACKEND PLACE [autosave]
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

if (args is not [var backend, var place, .. var what] || !DurableStores.All.TryGetValue(backend, out var open))
{
    await Console.Error.WriteLineAsync($"Usage: Undercroft.Crash {string.Join('|', DurableStores.All.Keys)} PLACE");
    return 64;
}

if (what is ["autosave"])
{
    await AutosaveEditor.RunAsync(await open(place), Console.In, Console.Out);
    return 0;
}

// docs:child
await CrashWriter.RunAsync(() => open(place), Console.In, Console.OpenStandardOutput());
// docs:end
return 0;
