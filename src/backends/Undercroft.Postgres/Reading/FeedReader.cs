using System.Diagnostics.Metrics;
using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Reading;

/// <summary>Reads the feed, in the order of transactions, below the oldest that still runs.</summary>
/// <remarks>
/// A commit above that horizon could come before one that is not there yet, so that it is held back. Where there is
/// such a one, a read waits a moment for the horizon to pass it: what was acknowledged is there in the next page.
/// </remarks>
internal sealed class FeedReader(
    PostgresSource source, SqlText sql, StoreLimits limits, OpenedTenant opened, TimeSpan horizonWait, StoreClock clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private readonly int tenant = opened.Number;
    private long lagTicks;

    /// <summary>For how long, in seconds, the oldest commit held back has been held back when somebody last looked.
    /// </summary>
    public Measurement<double> Lag => new(
        TimeSpan.FromTicks(Volatile.Read(ref lagTicks)).TotalSeconds,
        new KeyValuePair<string, object?>("backend", PostgresErrors.Backend));

    /// <summary>Reads a page.</summary>
    public async ValueTask<ChangePage> ReadAsync(
        ChangesRequest request, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RefuseAway();
        var parsed = Parse(request.After);
        if (request.After == FeedCursor.End)
        {
            var state = await StateAsync(parsed, waits: true, cancellationToken).ConfigureAwait(false);
            return new ChangePage([], state.Resolve(request.After, null).ToCursor(), HasMore: false)
            {
                HeldBack = state.Hold,
            };
        }

        var (started, pause) = (TimeProvider.System.GetTimestamp(), FirstPause);
        while (true)
        {
            var (state, page) = await RunAsync(
                (connection, token) => ReadAsync(connection, request, parsed, limit, now, token),
                "read the feed", parsed, cancellationToken).ConfigureAwait(false);
            Note(state);
            if (page.HasMore || page.HeldBack is null || TimeProvider.System.GetElapsedTime(started) > horizonWait)
            {
                return page;
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            pause = pause < LongestPause ? pause * 2 : pause;
        }
    }

    /// <summary>Says whether there may be something after a cursor.</summary>
    /// <exception cref="CursorExpiredException">The feed cannot go on from it.</exception>
    public async ValueTask<(bool HasMore, FeedSpot Latest)> LookAsync(
        FeedCursor after, CancellationToken cancellationToken)
    {
        var parsed = Parse(after);
        var state = await StateAsync(parsed, waits: after == FeedCursor.End, cancellationToken).ConfigureAwait(false);
        var place = state.Resolve(after, parsed);
        return (place.Seen < state.Latest || (state.PendingSince is not null && after != FeedCursor.End), state.Latest);
    }

    /// <summary>Reads what cursors are judged by.</summary>
    public async ValueTask<FeedState> StateAsync(
        FeedPlace? cursor, bool waits, CancellationToken cancellationToken)
    {
        RefuseAway();
        var (started, pause) = (TimeProvider.System.GetTimestamp(), FirstPause);
        while (true)
        {
            var state = await RunAsync(
                async (connection, token) =>
                {
                    var command = connection.CreateCommand();
                    await using var owned = command.ConfigureAwait(false);
                    command.CommandText = sql.FeedState;
                    _ = command.Parameters.Add(Parameter.Of(tenant));
                    _ = command.Parameters.Add(Parameter.Of(SegmentOf(cursor)));
                    var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                    await using var ownedReader = reader.ConfigureAwait(false);
                    return await reader.ReadAsync(token).ConfigureAwait(false) ? FeedState.Read(reader) : throw Gone();
                },
                "look at the feed", cursor, cancellationToken).ConfigureAwait(false);
            Note(state);
            if (!waits || state.PendingSince is null || TimeProvider.System.GetElapsedTime(started) > horizonWait)
            {
                return state;
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            pause = pause < LongestPause ? pause * 2 : pause;
        }
    }

    private static FeedPlace? Parse(FeedCursor cursor) =>
        cursor == FeedCursor.Beginning || cursor == FeedCursor.End ? null : FeedPlace.Parse(cursor);

    // Nothing is after "Z": who begins has nothing to lose.
    private static string SegmentOf(FeedPlace? cursor) =>
        cursor is { } place ? place.Segment.ToString() : "Z";

    // Cursors of the server it was dumped from would seem to be its own, and what is ahead of this server's
    // transactions would be held back for ever.
    private void RefuseAway()
    {
        if (opened.IsAway)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Cannot read the feed of {source.Place}: its tables came here by a dump and have the transactions of "
                + "another server. Open it for writing once, then open it again.")
            {
                Backend = PostgresErrors.Backend,
            };
        }
    }

    // In tables that a dump has brought since, no cursor holds; who begins hears what to do.
    private async ValueTask<TResult> RunAsync<TResult>(
        Func<NpgsqlConnection, CancellationToken, ValueTask<TResult>> work,
        string doing,
        FeedPlace? cursor,
        CancellationToken cancellationToken)
    {
        try
        {
            return await source.RunAsync(work, doing, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (cursor is not null && PostgresErrors.IsMoved(error.InnerException))
        {
            throw new CursorExpiredException("a dump was restored over the store");
        }
    }

    private static InvalidDataException Gone() => new("The store's own row is not there any more.");

    private void Note(FeedState state) => Volatile.Write(
        ref lagTicks, state.PendingSince is { } since ? Math.Max(0, clock.Now().UtcTicks - since) : 0);

    private async ValueTask<(FeedState State, ChangePage Page)> ReadAsync(
        NpgsqlConnection connection,
        ChangesRequest request,
        FeedPlace? parsed,
        int limit,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.Changes(request.Detail, request.ShowsHeldBack);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(SegmentOf(parsed)));
        _ = command.Parameters.Add(Parameter.OfXid(parsed?.Seen.Xid ?? 0));
        _ = command.Parameters.Add(Parameter.Of(parsed?.Seen.Revision ?? 0));
        _ = command.Parameters.Add(Parameter.Of(now.UtcTicks));
        _ = command.Parameters.Add(Parameter.Of(limit + 1));
        _ = command.Parameters.Add(Parameter.Of(request.Collections?.ToArray()));
        _ = command.Parameters.Add(Parameter.Of(Parameter.Utf8(request.ExceptOrigin)));
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            throw Gone();
        }

        var state = FeedState.Read(reader);
        var place = state.Resolve(request.After, parsed);
        var page = new FeedPageBuilder(request.Detail, limit, limits.PageBytesMax, state.Edge);
        var (isEnd, rows) = (reader.IsDBNull(FeedState.Columns), 0);
        while (!isEnd && page.TryAdd(reader))
        {
            rows++;
            isEnd = !await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        // As many as were asked for: there may be more where the last commit on the page is not the latest.
        var isWhole = isEnd && rows <= limit;
        var hasMore = !page.HasHeldBack && !isWhole && (!isEnd || page.Through < state.Latest);
        var through = hasMore ? page.Through : Later(place.Seen, state.Latest);
        var next = (place with { Seen = through }).ToCursor();
        if (request.ShowsHeldBack && isWhole)
        {
            return (state, new ChangePage(page.Finish(), next, HasMore: false));
        }

        page.DropHeldBack();
        return (state, new ChangePage(page.Finish(), next, hasMore) { HeldBack = hasMore ? null : state.Hold });
    }

    private static FeedSpot Later(FeedSpot one, FeedSpot other) => one < other ? other : one;
}
