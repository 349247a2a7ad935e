using System.Globalization;
using System.Runtime.InteropServices;

namespace Undercroft.Stories;

/// <summary>Gives first ids. They are drawn from names once and kept ever after, so that two imports of one file
/// agree.</summary>
internal sealed class StoryIds(int capacity)
{
    private readonly Dictionary<string, int> used = new(capacity, StringComparer.Ordinal);

    /// <summary>The id of a story: its IFID in capitals, or a hash of its name where it has no usable one.</summary>
    public static string ForStory(Ifid? ifid, string name)
    {
        var capitals = ifid?.Raw.ToUpperInvariant();
        return capitals is not null && new Ifid(capitals).IsValid ? capitals : "story-" + Hash(name);
    }

    /// <summary>Whether an id tells nothing but the name it was drawn from.</summary>
    public static bool IsDrawnFrom(string id, string name)
    {
        var drawn = "p" + Hash(name);
        return id.StartsWith(drawn, StringComparison.Ordinal) && (id.Length == drawn.Length || id[drawn.Length] == '-');
    }

    /// <summary>Takes an id that is in use already.</summary>
    public void Reserve(string id) => _ = used.TryAdd(id, 1);

    /// <summary>Draws an id that no other passage of the story has.</summary>
    public string ForPassage(string name)
    {
        var id = "p" + Hash(name);
        while (true)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(used, id, out var taken);
            count++;
            if (!taken)
            {
                return id;
            }

            id = string.Create(CultureInfo.InvariantCulture, $"{id}-{count}");
        }
    }

    // FNV-1a over UTF-16 units: short, stable and good enough where a collision only costs a suffix.
    internal static string Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
