using System.Globalization;
using System.Text;

namespace Undercroft.Conformance.Crash;

/// <summary>The work of the process that <see cref="CrashConformance"/> kills: commits from several producers at all
/// levels of durability, each announced before it begins and after it was acknowledged.</summary>
public static class CrashWriter
{
    /// <summary>More than a run lasts: a child whose parent forgot it ends some day.</summary>
    private const long CommitsMax = 1_000_000;

    /// <summary>Waits for the word to begin, opens the store and writes until it is killed, or until its input ends.
    /// </summary>
    /// <param name="open">Opens the store.</param>
    /// <param name="input">Where the word comes from: the standard input.</param>
    /// <param name="output">Where the announcements go, unbuffered: the standard output.</param>
    /// <param name="cancellationToken">Ends the writing between two commits.</param>
    public static async Task RunAsync(
        Func<ValueTask<IStore>> open, TextReader input, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);

        if (await input.ReadLineAsync(cancellationToken) is not { } word)
        {
            return;
        }

        var identities = new Identities(Guid.Parse(word, CultureInfo.InvariantCulture));
        await using var store = await open();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var announcer = new Announcer(output);
        var producing = Enumerable.Range(0, CrashLayout.Producers)
            .Select(producer => Task.Run(
                () => ProduceAsync(store, producer, identities, announcer, stop.Token), stop.Token))
            .ToArray();

        // The parent is gone when the input ends.
        // It is waited for aside: a console blocks who reads it, and then nobody hears of a producer that has failed.
        var ended = Task.Run(() => input.ReadLineAsync(stop.Token).AsTask(), stop.Token);
        _ = await Task.WhenAny([ended, .. producing]);
        await stop.CancelAsync();
        _ = await Task.WhenAll(producing);
    }

    private static async Task<long> ProduceAsync(
        IStore store, int producer, Identities identities, Announcer announcer, CancellationToken cancellationToken)
    {
        var head = (await store.ReadAsync(CrashLayout.Head(producer), cancellationToken: cancellationToken))[0];
        var revision = head?.Revision ?? Revision.None;
        var number = head is null ? 0 : CrashLedger.NumberOf(head.Value.Span);
        for (var made = 0L; made < CommitsMax && !cancellationToken.IsCancellationRequested; made++)
        {
            number++;
            var level = CrashLayout.Level(producer, number, store.Info.DurabilityLevels);
            var commit = CrashLayout.CommitOf(producer, number, revision, level, identities.Next());
            announcer.Tell($"begin {producer} {number} {level}");
            var result = await store.CommitAsync(commit, CancellationToken.None);
            if (!result.IsCommitted)
            {
                throw new InvalidOperationException(
                    $"Commit {number} of producer {producer} met a conflict: {string.Join("; ", result.Conflicts)}.");
            }

            revision = result.Revision;
            announcer.Tell($"done {producer} {number} {revision.Value}");
        }

        return number;
    }

    /// <summary>The producers are one client: each commit has a number of its own, whoever makes it.</summary>
    private sealed class Identities(Guid client)
    {
        private long last;

        public CommitIdentity Next() => new(client, Interlocked.Increment(ref last));
    }

    /// <summary>Writes whole lines, each handed to the system before the call returns.</summary>
    private sealed class Announcer(Stream output)
    {
        private readonly Lock gate = new();

        public void Tell(FormattableString line)
        {
            var bytes = Encoding.ASCII.GetBytes(FormattableString.Invariant(line) + "\n");
            lock (gate)
            {
                output.Write(bytes);
                output.Flush();
            }
        }
    }
}
