namespace Undercroft.Copies;

/// <summary>Copies a store into another, on any two backends, and follows it if wanted: values, times, expiry, meta,
/// tags, index entries, counters and deletions.</summary>
/// <remarks>
/// The copy follows the feed from its beginning, and keeps the place it has reached in the target, in the same commits
/// as the records: stopped or killed anywhere, it goes on from there when it is run again, and writes nothing twice.
/// Whenever it has caught up, the target is equal to the source as it was at one instant; until then it holds part of
/// it. The target is the copy's: what others change there is overwritten when the source changes the same record.
/// </remarks>
public sealed class StoreCopy
{
    private const int RescansMax = 10;

    private readonly IStore source;
    private readonly IStore target;
    private readonly StoreCopyOptions options;
    private readonly TimeProvider clock;

    /// <summary>Prepares a copy. Both stores stay the caller's.</summary>
    /// <param name="source">The store to copy; it is only read.</param>
    /// <param name="target">The store to copy into.</param>
    /// <param name="options">How to copy; null means the defaults.</param>
    /// <param name="clock">The clock of leases and pauses; null means the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or source and target are the same store.
    /// </exception>
    public StoreCopy(IStore source, IStore target, StoreCopyOptions? options = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        this.source = source;
        this.target = target;
        this.options = options ?? StoreCopyOptions.Default;
        this.options.Validate();
        this.clock = clock ?? TimeProvider.System;
        if (source.Info.Epoch == target.Info.Epoch)
        {
            throw new ArgumentException(
                $"Cannot copy '{source.Info.Location ?? source.Info.Backend}' into " +
                $"'{target.Info.Location ?? target.Info.Backend}': they are one store, or one was made from the " +
                "other's files. Choose a new store as the target.",
                nameof(target));
        }
    }

    /// <summary>Runs the copy: until it has caught up, or, live, until it is cancelled.</summary>
    /// <param name="progress">Told after each batch that is safe in the target; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the copy with <see cref="OperationCanceledException"/>. What is in the
    /// target stays; run again to go on.</param>
    /// <exception cref="LimitExceededException">A record is too large for the target. What came before it is there.
    /// </exception>
    /// <exception cref="UniqueConflictException">With <see cref="CopyTarget.Overwrite"/>: a record of the target that
    /// is not the source's holds a unique value.</exception>
    /// <exception cref="StoreException">The target holds records and that was not allowed, another copy is at work, a
    /// store fails, or the source's feed has held commits back for as long as <see cref="StoreCopyOptions.HeldBack"/>
    /// allows. Run again to go on.</exception>
    public async Task<CopyReport> RunAsync(
        IProgress<CopyReport>? progress = null, CancellationToken cancellationToken = default)
    {
        var lease = await CopyLease.TakeAsync(target, clock, options.Lease, cancellationToken).ConfigureAwait(false);
        await using var owned = lease.ConfigureAwait(false);
        var key = new RecordKey(Passengers.OwnCollection, source.Info.Epoch.ToString("N"));
        var ledger = new CopyLedger<CopyStateV1>(target, lease, key, CopyJson.Default.CopyStateV1, clock);
        var writer = new CopyWriter(source, target, ledger, options);
        var found = await ledger.LoadAsync(cancellationToken).ConfigureAwait(false);
        var run = new Run(this, writer, lease, progress, found is not null)
        {
            State = found ?? await BeginAsync(cancellationToken).ConfigureAwait(false),
        };
        if (found is { HasCaughtUp: true } && options.Target == CopyTarget.Mirror)
        {
            // Whatever others have done to the target since is to be undone.
            run.State = await writer.SaveAsync(Again(run.State), cancellationToken).ConfigureAwait(false);
        }

        for (var rescans = 0; ; rescans++)
        {
            try
            {
                return await run.FollowAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (CursorExpiredException) when (rescans < RescansMax)
            {
                // The source was put back in time or has forgotten deletions: what is in the target and no longer in
                // the source would stay there for ever.
                run.State = Again(run.State) with { Rescans = run.State.Rescans + 1 };
                run.State = await writer.SaveAsync(run.State, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // From the beginning, comparing.
    private CopyStateV1 Again(CopyStateV1 state) => state with
    {
        Cursor = null,
        IsPruneDue = options.Target != CopyTarget.Overwrite,
        IsDiff = true,
        HasCaughtUp = false,
    };

    private async ValueTask<CopyStateV1> BeginAsync(CancellationToken cancellationToken)
    {
        var sizes = await StoreWalk.MeasureAsync(target, cancellationToken).ConfigureAwait(false);
        if (sizes.Count > 0 && options.Target == CopyTarget.Empty)
        {
            throw new StoreException(
                StoreErrorKind.Conflict,
                $"Cannot copy into '{target.Info.Location ?? target.Info.Backend}': it already holds " +
                $"{sizes.Sum(static size => size.Records)} records, the first in {Names.Show(sizes[0].Collection)}, " +
                "and no copy of this source was begun there. Choose an empty store, or say that records may be " +
                "overwritten (Overwrite, --overwrite) or that the target is to become a mirror (Mirror, --mirror).")
            {
                Backend = target.Info.Backend,
            };
        }

        var isMirror = sizes.Count > 0 && options.Target == CopyTarget.Mirror;
        return new CopyStateV1(source.Info.Epoch, null, isMirror, sizes.Count > 0, HasCaughtUp: false, 0, 0, 0, 0);
    }

    /// <summary>One run: reads the next page while the one before it is written.</summary>
    private sealed class Run(
        StoreCopy copy, CopyWriter writer, CopyLease lease, IProgress<CopyReport>? progress, bool isResumed)
    {
        public required CopyStateV1 State { get; set; }

        private CopyReport? told;

        public async Task<CopyReport> FollowAsync(CancellationToken cancellationToken)
        {
            var wait = copy.options.IsLive
                ? copy.options.HeldBack with { WaitMax = Timeout.InfiniteTimeSpan }
                : copy.options.HeldBack;
            var end = new FeedEnd(copy.source, copy.clock, wait, "copy all of");
            var page = await ReadAsync(new FeedCursor(State.Cursor), cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var next = await ApplyAsync(page, cancellationToken).ConfigureAwait(false);
                if (State.IsPruneDue)
                {
                    // Not before the walk has begun: what the source deletes from then on is owed to it, or it expires.
                    var pruned = State with { IsPruneDue = false, HasCaughtUp = next is null && page.HeldBack is null };
                    State = await writer.PruneAsync(State, pruned, cancellationToken).ConfigureAwait(false);
                }

                Tell(page);
                if (next is null)
                {
                    var isEnd = await WhileLeasedAsync(
                        token => end.IsReachedAsync(page, token).AsTask(), cancellationToken).ConfigureAwait(false);
                    if (isEnd && !copy.options.IsLive)
                    {
                        return State.ToReport(isResumed);
                    }

                    if (isEnd)
                    {
                        _ = await WhileLeasedAsync(
                            token => WaitAsync(page.Next, token), cancellationToken).ConfigureAwait(false);
                    }

                    next = await ReadAsync(page.Next, cancellationToken).ConfigureAwait(false);
                }

                page = next;
            }
        }

        // While it waits for what is held back, only what is new.
        private void Tell(ChangePage page)
        {
            var report = State.ToReport(isResumed) with { HeldBack = page.HeldBack };
            if (page.HeldBack is null || report != told)
            {
                progress?.Report(report);
            }

            told = report;
        }

        private async Task<ChangePage?> ApplyAsync(ChangePage page, CancellationToken cancellationToken)
        {
            var isEnd = !page.HasMore && page.HeldBack is null;
            var after = State with
            {
                Cursor = page.Next.Text,
                IsDiff = State.IsDiff && !isEnd,
                HasCaughtUp = State.HasCaughtUp || (isEnd && !State.IsPruneDue),
            };
            var writing = writer.ApplyAsync(page.Changes, State, after, cancellationToken).AsTask();
            var reading = page.HasMore ? ReadAsync(page.Next, cancellationToken) : null;
            try
            {
                State = await writing.ConfigureAwait(false);
            }
            finally
            {
                // Neither store may be left with a call under way.
                if (reading is not null)
                {
                    await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            return reading is null ? null : await reading.ConfigureAwait(false);
        }

        // Asynchronous to the end: what it throws must not pass by a write that is under way.
        private async Task<ChangePage> ReadAsync(FeedCursor after, CancellationToken cancellationToken)
        {
            var request = new ChangesRequest
            {
                After = after,
                Limit = BatchSplit.SizeMax(copy.target.Info.Limits, copy.options.BatchSize),
                ExceptOrigin = copy.options.ExceptOrigin,
                Detail = RecordDetail.Complete,
                ShowsHeldBack = !copy.options.IsLive,
            };
            return await copy.source.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
        }

        private async Task<bool> WaitAsync(FeedCursor after, CancellationToken cancellationToken)
        {
            await copy.source.WaitAsync(after, cancellationToken).ConfigureAwait(false);
            return true;
        }

        // Who waits shows meanwhile that it lives.
        private async Task<bool> WhileLeasedAsync(
            Func<CancellationToken, Task<bool>> wait, CancellationToken cancellationToken)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var waiting = wait(ending.Token);
            try
            {
                while (true)
                {
                    var pause = Task.Delay(lease.RenewEvery, copy.clock, ending.Token);
                    if (await Task.WhenAny(waiting, pause).ConfigureAwait(false) == waiting)
                    {
                        return await waiting.ConfigureAwait(false);
                    }

                    await lease.RenewAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                await ending.CancelAsync().ConfigureAwait(false);
                await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
