using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A process is killed before each change it makes, and within each write; the one that follows loses the
/// power before each of its own. Nothing here is left to chance or to threads: a day brings the tree up only where it
/// says so.</summary>
/// <remarks>A soak tries every pair of the two. Else those are tried whole whose kill leaves the head or a folder of
/// the store behind unsynced, which is where losses were found, and of the others one of twelve.</remarks>
public sealed class KillAndCutTests
{
    /// <summary>Where there is no soak, one of so many kills is followed by a power cut,</summary>
    private const int KillsOneOf = 3;

    /// <summary>at one of so many moments.</summary>
    private const int CutsOneOf = 4;

    /// <summary>Beyond the fates tried for every pair, so many random ones in a soak.</summary>
    private const int RandomFates = 4;

    private int looked;

    private static bool IsSoak => TestSeed.Length > 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_kill_at_any_change_and_a_power_cut_at_any_change_that_follows_nothing_is_lost(
        bool canSyncAll)
    {
        var files = new FaultFileSystem();
        files.CreateDirectory("/");
        files.SyncAll("/");
        var begun = new Moment(
            files.CopyDisk(), new FaultDay(commits: 3, upkeepEvery: 2, padding: 10), "the beginning");
        var kills = await LiveAsync(begun, canSyncAll);
        Assert.True(kills.Count > 50, $"The first process had {kills.Count} moments.");
        await CutAsync(kills, "no kill", canSyncAll);
        for (var i = 0; i < kills.Count; i++)
        {
            var isWhole = IsSoak || (canSyncAll && IsDelicate(kills[i]));
            if (isWhole || i % KillsOneOf == 0)
            {
                var cuts = await LiveAsync(kills[i], canSyncAll);
                await CutAsync(
                    isWhole ? cuts : [.. cuts.Where((_, at) => (at + (i / KillsOneOf)) % CutsOneOf == 0)],
                    $"a kill at {kills[i].What}", canSyncAll);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills.Count} kills, {looked} different disks.");
    }

    private static bool IsDelicate(Moment kill) =>
        kill.Unsynced is { } path &&
        (path == $"{FaultDay.Root}/.undercroft/head" || FaultDay.Root.StartsWith(path, StringComparison.Ordinal));

    /// <summary>Lives a day on a disk.</summary>
    /// <returns>Each moment in which the process could have ended, the last one being its own end.</returns>
    private static async Task<List<Moment>> LiveAsync(Moment begun, bool canSyncAll)
    {
        var moments = new List<Moment>();
        var files = new FaultFileSystem(begun.Disk.Copy()) { CanSyncAll = canSyncAll };
        var day = begun.Day.Copy();
        files.Changing = (change, call) =>
        {
            var what = $"change {moments.Count}, {call}";
            var unsynced = change is null ? call[call.IndexOf('/', StringComparison.Ordinal)..] : null;
            moments.Add(new Moment(files.CopyDisk(), day.Copy(), what, unsynced));
            if (change is WriteChange { Bytes.Length: > 1 } write)
            {
                var half = write with { Bytes = write.Bytes[..(write.Bytes.Length / 2)] };
                moments.Add(new Moment(files.CopyDisk(half), day.Copy(), $"{what}, half done"));
            }
        };
        await day.LiveAsync(files, FaultDay.StillOptions());
        files.Changing = null;
        moments.Add(new Moment(files.CopyDisk(), day, "its end"));
        return moments;
    }

    private async Task CutAsync(List<Moment> moments, string before, bool canSyncAll)
    {
        var seen = new HashSet<(string, int)>();
        foreach (var cut in moments)
        {
            foreach (var (name, fates) in FatesOf(cut.Disk.Unsynced.Count))
            {
                var disk = cut.Disk.Copy();
                disk.PowerOn((i, _) => fates(i), new Random(looked));
                if (seen.Add((disk.Fingerprint(), cut.Day.LastAt(Durability.Disk))))
                {
                    looked++;
                    var files = new FaultFileSystem(disk) { CanSyncAll = canSyncAll };
                    await cut.Day.CheckAsync(
                        files, FaultDay.StillOptions(), Durability.Disk,
                        $"{before} and a power cut at {cut.What} that keeps {name}");
                }
            }
        }
    }

    private static IEnumerable<(string Name, Func<int, Fate> Of)> FatesOf(int count)
    {
        yield return ("nothing", static _ => Fate.Dropped);
        yield return ("all", static _ => Fate.Kept);
        yield return ("the latest change", i => i == count - 1 ? Fate.Kept : Fate.Dropped);
        yield return ("all but the latest change", i => i == count - 1 ? Fate.Dropped : Fate.Kept);
        if (!IsSoak)
        {
            yield break;
        }

        for (var one = 0; one < count; one++)
        {
            yield return ($"change {one} of {count}", i => i == one ? Fate.Kept : Fate.Dropped);
            yield return ($"all but change {one} of {count}", i => i == one ? Fate.Dropped : Fate.Kept);
        }

        for (var seed = 0; seed < RandomFates; seed++)
        {
            var chance = new Random((count * 31) + seed);
            yield return ($"what seed {seed} keeps of {count}", _ => (Fate)chance.Next(3));
        }
    }

    /// <summary>What a process leaves where it ends.</summary>
    /// <param name="Disk">The disk.</param>
    /// <param name="Day">What was written and acknowledged.</param>
    /// <param name="What">The call it does not come to, for messages.</param>
    /// <param name="Unsynced">What that call would have synced; null where it is none.</param>
    private sealed record Moment(FaultDisk Disk, FaultDay Day, string What, string? Unsynced = null);
}
