// Writes to a store until it is killed: Undercroft.Crash BACKEND PLACE
// Migrates its documents, or takes that back: Undercroft.Crash migrate|rollback BACKEND PLACE SECONDS-AHEAD
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

if (args is [("migrate" or "rollback") and var verb, var kind, var where, var ahead])
{
    await MigrationChild.RunAsync(verb, kind, where, ahead);
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
