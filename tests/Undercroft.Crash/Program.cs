// Writes to a store until it is killed: Undercroft.Crash BACKEND PLACE
// Or copies one into another: Undercroft.Crash copy PLACE PLACE
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

if (args is [CopyChild.Word, var from, var to])
{
    await CopyChild.RunAsync(from, to, Console.In, Console.OpenStandardOutput());
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
