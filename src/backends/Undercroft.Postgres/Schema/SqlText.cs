namespace Undercroft.Postgres.Schema;

/// <summary>Every statement that runs while a store is in use, for one schema.</summary>
/// <remarks>In all of them $1 is the tenant. The columns of records stand in the same places; what tells which record
/// it is comes after them, where it is not known.</remarks>
/// <param name="schema">The schema.</param>
/// <param name="fence">What keeps them in the tables that the store was opened on.</param>
internal sealed class SqlText(string schema, TableFence fence)
{
    private const string Head = "r.rev, r.del, r.created, r.updated, r.expires, r.origin, r.meta";

    private readonly string[] keyed = Fenced(schema, fence, Keyed);
    private readonly string[] listed = Fenced(schema, fence, Listed);
    private readonly string[] named = Fenced(schema, fence, Named);
    private readonly string[] feeds = Fenced(
        schema, fence, static (schema, detail) => Feed(schema, detail, "AND r.xid < s.xmin"));

    private readonly string[] wholeFeeds = Fenced(
        schema, fence, static (schema, detail) => Feed(schema, detail, string.Empty));


    /// <summary>The statements, to be run in any tables: those that open a store.</summary>
    public SqlText(string schema)
        : this(schema, new TableFence(schema, table: null))
    {
    }

    /// <summary>The schema, quoted.</summary>
    public string Schema { get; } = Quote(schema);

    /// <summary>What keeps statements in the tables that the store was opened on.</summary>
    public TableFence Fence { get; } = fence;

    /// <summary>The statements that are a commit of one put.</summary>
    public PutText Put { get; } = new(schema, fence);

    /// <summary>The statements that are many commits of one put.</summary>
    public PutsText Puts { get; } = new(schema, fence);

    /// <summary>Judges and applies a round of commits.</summary>
    public string Commit { get; } = fence.OverCall(
        $"SELECT v, x FROM {Quote(schema)}.{CommitFunction.Name}({Parameters(CommitParameters)})");

    /// <summary>How many parameters <see cref="Commit"/> has.</summary>
    public const int CommitParameters = 46;

    /// <summary>The number and the column of an index: $2 collection, $3 name.</summary>
    public string RegisterIndex { get; } = fence.OverCall(
        $"SELECT n, slot FROM {Quote(schema)}.register_index_v1($1, $2, $3)");

    /// <summary>Finds an index: $2 collection, $3 name.</summary>
    public string FindIndex { get; } = fence.Over(
        $"SELECT n, slot FROM {Quote(schema)}.indexes WHERE t = $1 AND c = $2 AND name = $3");

    /// <summary>Makes the view of a collection, $2.</summary>
    public string MakeView { get; } = fence.OverCall(
        $"SELECT {Quote(schema)}.make_view_v2($1, $2)");

    /// <summary>Begins a segment where none has been noted since the server may have lost something.</summary>
    public string BeginSegment { get; } = $"SELECT {Quote(schema)}.begin_segment_v1()";

    /// <summary>The segment, null where none is noted; the mark of the session, where it is one that takes writes; and
    /// its level.</summary>
    public string Segment { get; } = $"""
        SELECT x.segment, CASE WHEN x.segment IS NOT NULL AND NOT pg_is_in_recovery()
                THEN set_config('{MarkedSessions.Setting}', x.segment, false) END, current_setting('synchronous_commit')
        FROM (SELECT {Quote(schema)}.segment_v1() AS segment) x
        """;

    /// <summary>What there is of the feed: the place after everything, and whether something is held back. $2 is the
    /// segment of a cursor.</summary>
    public string FeedState { get; } = fence.Over($"SELECT {State(Quote(schema))}");

    /// <summary>Turns up to $5 records that have expired at $3 into tombstones.</summary>
    public string Expire { get; } =
        fence.OverCall($"SELECT {Quote(schema)}.expire_v2($1, $2, $3, $4, $5)");

    /// <summary>The latest revision.</summary>
    public string Latest { get; } = fence.OverCall($"SELECT {Quote(schema)}.latest($1)");

    /// <summary>Forgets tombstones.</summary>
    public string Forget { get; } = fence.OverCall(
        $"SELECT examined, forgotten, last_xid, last_rev FROM {Quote(schema)}.forget_v1($1, $2, $3, $4, $5, $6)");

    /// <summary>One record: $2 collection, $3 id.</summary>
    public string ByKey(RecordDetail detail) => keyed[(int)detail];

    /// <summary>Records of one collection: $2 collection, $3 ids.</summary>
    public string ByIds(RecordDetail detail) => listed[(int)detail];

    /// <summary>Records of any collections: $2 collections, $3 ids, $4 the revisions known.</summary>
    public string ByKeys(RecordDetail detail) => named[(int)detail];

    /// <summary>The feed: $2 the cursor's segment, $3 and $4 the place, $5 now, $6 how many, $7 collections, $8 an
    /// origin to leave out.</summary>
    /// <param name="detail">How much of each record to bring.</param>
    /// <param name="showsHeldBack">Whether what is above the horizon comes too.</param>
    public string Changes(RecordDetail detail, bool showsHeldBack) => (showsHeldBack ? wholeFeeds : feeds)[(int)detail];

    /// <summary>Ids of a collection: $2 collection, $3 now, $4 how many, $5 the least, $6 the end.</summary>
    public string Ids(RecordDetail detail, bool isReverse, bool isAfter, bool hasEnd) => Fence.Over($"""
        SELECT {Columns(detail)}, r.id FROM {Schema}.records r
        WHERE r.t = $1 AND r.c = $2 AND r.id {(isAfter && !isReverse ? ">" : ">=")} $5
            AND {(hasEnd ? "r.id < $6" : "$6::text IS NULL")}
            AND NOT r.del AND (r.expires IS NULL OR r.expires > $3)
        ORDER BY r.id{(isReverse ? " DESC" : string.Empty)} LIMIT $4
        """);

    /// <summary>Keys of an index: $2 collection, $3 now, $4 how many, $5 the least key, $6 the end, $7 the id of the
    /// place to go on from, $8 the index's number.</summary>
    public string Entries(RecordDetail detail, int? slot, bool isReverse, bool isAfter, bool hasEnd)
    {
        var order = isReverse ? "ORDER BY {0} DESC, {1} DESC LIMIT $4" : "ORDER BY {0}, {1} LIMIT $4";
        var many = $"""
            SELECT {Columns(detail)}, r.id, e.k FROM {Schema}.entries e
            JOIN {Schema}.records r ON r.t = $1 AND r.c = $2 AND r.id = e.id
            WHERE e.t = $1 AND e.n = $8 AND {Range("e.k", "e.id")} AND (r.expires IS NULL OR r.expires > $3)
            {Order("e.k", "e.id")}
            """;
        if (slot is not { } number)
        {
            return Fence.Over(many);
        }

        var column = FormattableString.Invariant($"r.k{number}");
        return Fence.Over($"""
            SELECT * FROM (
            (SELECT {Columns(detail)}, r.id, {column} AS k FROM {Schema}.records r
            WHERE r.t = $1 AND r.c = $2 AND {Range(column, "r.id")} AND (r.expires IS NULL OR r.expires > $3)
            {Order(column, "r.id")})
            UNION ALL
            ({many})) q
            {Order("q.k", "q.id")}
            """);

        string Order(string key, string id) =>
            string.Format(System.Globalization.CultureInfo.InvariantCulture, order, key, id);

        string Range(string key, string id) => (isAfter, isReverse) switch
        {
            (false, _) => $"{key} >= $5 AND {(hasEnd ? $"{key} < $6" : "$6::bytea IS NULL")} AND $7::text IS NULL",
            (true, false) => $"({key}, {id}) > ($5, $7) AND {(hasEnd ? $"{key} < $6" : "$6::bytea IS NULL")}",
            (true, true) => $"{key} >= $5 AND ({key}, {id}) < ($6, $7)",
        };
    }

    /// <summary>Quotes a name.</summary>
    public static string Quote(string name) => $"\"{name}\"";

    private static string[] Fenced(string schema, TableFence fence, Func<string, RecordDetail, string> text) =>
        [.. Details.Select(detail => fence.Over(text(schema, detail)))];

    private static IEnumerable<RecordDetail> Details => Enum.GetValues<RecordDetail>();

    private static string Parameters(int count) =>
        string.Join(", ", Enumerable.Range(1, count).Select(static i => FormattableString.Invariant($"${i}")));

    // Who reads by key decides by the expiry, whatever was asked for.
    private static string ColumnsByKey(RecordDetail detail, string value = "r.v") =>
        detail == RecordDetail.Keys ? Keys("r.expires") : Columns(detail, value);

    private static string Columns(RecordDetail detail, string value = "r.v") => detail switch
    {
        RecordDetail.Whole => $"{Head}, NULL::bytea AS entries, {value} AS v",
        RecordDetail.Complete => $"{Head}, r.entries, {value} AS v",
        RecordDetail.Meta => $"{Head}, NULL::bytea AS entries, NULL::bytea AS v",
        _ => Keys("NULL::bigint AS expires"),
    };

    private static string Keys(string expires) =>
        $"r.rev, r.del, NULL::bigint AS created, NULL::bigint AS updated, {expires}, " +
        "NULL::bytea AS origin, NULL::bytea AS meta, NULL::bytea AS entries, NULL::bytea AS v";

    // By a range of one id and its order, as PutsText.Record says: so the plan of an empty table is that of a full one.
    private static string Keyed(string schema, RecordDetail detail) => $"""
        SELECT {ColumnsByKey(detail)} FROM {Quote(schema)}.records r
        WHERE r.t = $1 AND r.c = $2 AND r.id >= $3 AND r.id <= $3 ORDER BY r.id LIMIT 1
        """;

    private static string Listed(string schema, RecordDetail detail) => $"""
        SELECT r.*, w.o FROM unnest((SELECT $3::text[])) WITH ORDINALITY w(id, o) CROSS JOIN LATERAL (
            SELECT {ColumnsByKey(detail)} FROM {Quote(schema)}.records r
            WHERE r.t = $1 AND r.c = $2 AND r.id >= w.id AND r.id <= w.id ORDER BY r.id) r
        """;

    private static string Named(string schema, RecordDetail detail) => $"""
        SELECT r.*, w.o
        FROM unnest($2, $3, $4) WITH ORDINALITY w(c, id, known, o) CROSS JOIN LATERAL (
            SELECT {ColumnsByKey(detail, "CASE WHEN r.rev IS DISTINCT FROM w.known THEN r.v END")}
            {PutsText.Record(Quote(schema))}) r
        """;

    private static string Feed(string schema, RecordDetail detail, string below) => $"""
        SELECT s.*, r.* FROM (SELECT {State(Quote(schema))}) s LEFT JOIN LATERAL (
            SELECT {Columns(detail)}, r.c, r.id, r.xid FROM {Quote(schema)}.records r
            WHERE r.t = $1 AND (r.xid, r.rev) > ($3, $4) {below}
                AND (r.expires IS NULL OR r.expires > $5)
                AND ($7::text[] IS NULL OR r.c = ANY($7))
                AND ($8::bytea IS NULL OR r.origin IS DISTINCT FROM $8)
            ORDER BY r.xid, r.rev FETCH FIRST $6 ROWS WITH TIES) r ON true
        ORDER BY r.xid, r.rev
        """;

    // What a cursor is judged by. Places are of commits that followers may be shown: below the horizon, which is the
    // oldest transaction of the server that still runs.
    private static string State(string schema) => $"""
            x.epoch, f.segment, x.horizon_xid, x.horizon_rev, f.cut,
            n.xmin, l.xid AS last_xid, l.rev AS last_rev, p.at AS pending
        FROM {schema}.tenants x
        CROSS JOIN (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) n
        CROSS JOIN {schema}.feed_segment_v1($2) f
        LEFT JOIN LATERAL (
            SELECT q.xid, q.rev FROM {schema}.records q WHERE q.t = $1 AND q.xid < n.xmin
            ORDER BY q.xid DESC, q.rev DESC LIMIT 1) l ON true
        LEFT JOIN LATERAL (
            SELECT q.at FROM {schema}.records q WHERE q.t = $1 AND q.xid >= n.xmin
            ORDER BY q.xid, q.rev LIMIT 1) p ON true
        WHERE x.t = $1
        """;
}
