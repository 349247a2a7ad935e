// Works on a store until it is killed:
//   Undercroft.Crash BACKEND PLACE                                commits
//   Undercroft.Crash BACKEND PLACE autosave                       saves of stories
//   Undercroft.Crash BACKEND PLACE blobs                          uploads of blobs
//   Undercroft.Crash BACKEND PLACE long BYTES                     one long blob, put, read and verified
//   Undercroft.Crash notes PLACE                                  files that are edited by hand at the same time
//   Undercroft.Crash copy PLACE PLACE                             a copy of one store into another
//   Undercroft.Crash jobs URI LEASE-MS SECONDS-AHEAD              a worker of jobs
//   Undercroft.Crash migrate|rollback BACKEND PLACE SECONDS-AHEAD a migration, and its undoing
using System.Globalization;
using Undercroft;
using Undercroft.Conformance.Crash;
using Undercroft.Crash;

switch (args)
{
    case ["notes", var folder]:
        await NoteWriter.RunAsync(folder);
        return 0;
    case [CopyChild.Word, var from, var to]:
        await CopyChild.RunAsync(from, to, Console.In, Console.OpenStandardOutput());
        return 0;
    case [JobChild.Word, var uri, var lease, var seconds]:
        await JobChild.RunAsync(uri, lease, seconds);
        return 0;
    case [("migrate" or "rollback") and var verb, var kind, var where, var ahead]:
        await MigrationChild.RunAsync(verb, kind, where, ahead);
        return 0;
    default:
        break;
}

if (args is not [var backend, var place, .. var work] || !DurableStores.All.TryGetValue(backend, out var open))
{
    await Console.Error.WriteLineAsync($"Usage: Undercroft.Crash {string.Join('|', DurableStores.All.Keys)} PLACE");
    return 64;
}

switch (work)
{
    case ["autosave"]:
        await AutosaveEditor.RunAsync(await open(place), Console.In, Console.Out);
        return 0;
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
