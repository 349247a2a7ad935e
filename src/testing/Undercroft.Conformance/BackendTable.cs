using System.Globalization;
using System.Text;

namespace Undercroft.Conformance;

/// <summary>Writes down what backends can do, as tables in Markdown, out of what their open stores declare. The laws
/// hold each backend to what it declares, so that the page is as true as the kit is green.</summary>
public static class BackendTable
{
    private const string Nothing = "";

    /// <summary>Writes the tables: capabilities, durability, ways, limits.</summary>
    /// <param name="backends">The backends, one column each.</param>
    public static string Write(params IReadOnlyList<BackendRow> backends)
    {
        var text = new StringBuilder();
        _ = text.Append("## What each declares\n\n");
        WriteTable(text, backends, "can", [.. Capabilities(backends)]);
        _ = text.Append("\n## What a commit may promise\n\n");
        WriteTable(text, backends, "level", [.. Levels(backends)]);
        _ = text.Append("\n## How it is done\n\n");
        var ways = backends.SelectMany(static backend => backend.Ways.Keys).Distinct();
        WriteTable(text, backends, "what", [.. ways.Select(way =>
            (way, Cells(backends, backend => backend.Ways.GetValueOrDefault(way, Nothing))))]);
        _ = text.Append("\n## Limits\n\n");
        WriteTable(text, backends, "at most", [.. Limits(backends)]);
        return text.ToString();
    }

    private static IEnumerable<(string Name, string[] Cells)> Capabilities(IReadOnlyList<BackendRow> backends) =>
        from capability in Enum.GetValues<StoreCapabilities>()
        where capability is not (StoreCapabilities.None or StoreCapabilities.ReadOnly)
        select ($"`{capability}`", Cells(
            backends, backend => backend.Info.Capabilities.HasFlag(capability) ? "yes" : "no"));

    private static IEnumerable<(string Name, string[] Cells)> Levels(IReadOnlyList<BackendRow> backends) =>
        from level in Enum.GetValues<Durability>()
        select ($"`{level}`", Cells(
            backends,
            backend => !backend.Info.DurabilityLevels.Contains(level) ? "refused"
                : backend.Info.DefaultDurability == level ? "yes, the default"
                : "yes"));

    private static IEnumerable<(string Name, string[] Cells)> Limits(IReadOnlyList<BackendRow> backends)
    {
        yield return Row("a value", static limits => Bytes(limits.ValueBytesMax));
        yield return Row("the meta of a record", static limits => Bytes(limits.MetaBytesMax));
        yield return Row("index entries of a record", static limits => Count(limits.EntriesMax));
        yield return Row("an index key", static limits => Bytes(limits.EntryKeyBytesMax));
        yield return Row("operations of a commit", static limits => Count(limits.OperationsMax));
        yield return Row("a commit", static limits => Bytes(limits.CommitBytesMax));
        yield return Row("keys of a read", static limits => Count(limits.KeysPerReadMax));
        yield return Row("items of a page", static limits => Count(limits.PageItemsMax));
        yield return Row("values of a page", static limits => Bytes(limits.PageBytesMax));
        yield return Row("results kept of a client", static limits => Count(limits.ReplaysKept));
        yield return Row(
            "kept for", static limits => string.Create(
                CultureInfo.InvariantCulture, $"{limits.ReplaysKeptFor.TotalDays:0.##} days"));

        (string, string[]) Row(string name, Func<StoreLimits, string> limit) =>
            (name, Cells(backends, backend => limit(backend.Info.Limits)));
    }

    private static string[] Cells(IReadOnlyList<BackendRow> backends, Func<BackendRow, string> cell) =>
        [.. backends.Select(cell)];

    private static void WriteTable(
        StringBuilder text,
        IReadOnlyList<BackendRow> backends,
        string corner,
        IReadOnlyList<(string Name, string[] Cells)> rows)
    {
        AppendRow(text, corner, backends.Select(static backend => backend.Name));
        _ = text.Append('|').Insert(text.Length, "---|", backends.Count + 1).Append('\n');
        foreach (var (name, cells) in rows)
        {
            AppendRow(text, name, cells);
        }
    }

    private static void AppendRow(StringBuilder text, string name, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Prepend(name)).Append(" |\n");

    private static string Count(long number) => number.ToString("n0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => bytes switch
    {
        >= 1024 * 1024 when bytes % (1024 * 1024) == 0 => $"{Count(bytes / (1024 * 1024))} MiB",
        >= 1024 when bytes % 1024 == 0 => $"{Count(bytes / 1024)} KiB",
        _ => $"{Count(bytes)} bytes",
    };
}
