// Writes to a store until it is killed: Undercroft.Crash BACKEND PLACE
// The same with uploads of blobs:       Undercroft.Crash BACKEND PLACE blobs
// Puts, reads and verifies a long blob: Undercroft.Crash BACKEND PLACE long BYTES
using System.Globalization;
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

if (args is not [var backend, var place, .. var work] || !DurableStores.All.TryGetValue(backend, out var open))
{
    await Console.Error.WriteLineAsync(
        $"Usage: Undercroft.Crash {string.Join('|', DurableStores.All.Keys)} PLACE [blobs | long BYTES]");
    return 64;
}

switch (work)
{
    case ["blobs"]:
        await BlobLoop.RunAsync(backend, place, Console.OpenStandardOutput());
        return 0;
    case ["long", var length]:
        await LongBlob.RunAsync(backend, place, long.Parse(length, CultureInfo.InvariantCulture));
        return 0;
    default:
        break;
}

// docs:child
await CrashWriter.RunAsync(() => open(place), Console.In, Console.OpenStandardOutput());
// docs:end
return 0;
