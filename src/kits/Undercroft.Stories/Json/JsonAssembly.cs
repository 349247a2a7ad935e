using System.Text;

namespace Undercroft.Stories;

/// <summary>Puts a file together again: entries as they were where they are untouched, and what stood between them.
/// </summary>
internal sealed class JsonAssembly(string newline)
{
    private readonly List<(string Raw, string? After)> entries = [];

    /// <summary>Adds an entry; <paramref name="after"/> is what followed it in its file, null for a new one.</summary>
    public void Add(string raw, string? after) => entries.Add((raw, after));

    /// <summary>Adds what stood between the passages of the file, up to a passage.</summary>
    /// <param name="parts">What stood there.</param>
    /// <param name="next">The first part that is not added yet.</param>
    /// <param name="passage">The passage that comes next.</param>
    public void AddParts(IReadOnlyList<SourcePart> parts, ref int next, int passage)
    {
        for (; next < parts.Count && parts[next].At <= passage; next++)
        {
            Add(parts[next].Header, parts[next].After);
        }
    }

    /// <summary>The whole file.</summary>
    /// <param name="head">The file without its passages.</param>
    /// <param name="closing">How much of its end follows the last entry.</param>
    public string Build(string head, int closing)
    {
        var output = new StringBuilder(head.Length + entries.Sum(entry => entry.Raw.Length + 8));
        _ = output.Append(head, 0, head.Length - closing);
        var separator = entries.Select(entry => entry.After).FirstOrDefault(IsSeparator) ?? $",{newline}    ";
        var isFresh = entries.Count > 0 && entries.TrueForAll(entry => entry.After is null) && output[^1] is '[' or '{';
        _ = isFresh ? output.Append(newline).Append("    ") : output;
        for (var i = 0; i < entries.Count; i++)
        {
            _ = output.Append(entries[i].Raw);
            if (i + 1 < entries.Count)
            {
                _ = output.Append(IsSeparator(entries[i].After) ? entries[i].After : separator);
            }
        }

        _ = isFresh && head[^closing] is ']' or '}' ? output.Append(newline).Append("  ") : output;
        return output.Append(head, head.Length - closing, closing).ToString();
    }

    private static bool IsSeparator(string? after) => after?.Contains(',', StringComparison.Ordinal) == true;
}
