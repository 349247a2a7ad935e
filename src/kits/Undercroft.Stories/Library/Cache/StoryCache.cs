namespace Undercroft.Stories;

/// <summary>The stories used last: the one used longest ago goes first. Every step takes the same time, however many
/// there are.</summary>
/// <remarks>
/// A read from the store takes time, and what it brings may be outdated when it arrives. So whoever reads to fill the
/// cache says so before (<see cref="Begin"/>); an invalidation marks the fills that are on their way too, and one that
/// brings an older revision is let go.
/// </remarks>
internal sealed class StoryCache(int entriesMax, long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = new();
    private readonly Dictionary<string, Fill> fills = new(StringComparer.Ordinal);
    private long bytes;
    private bool isOpen;

    public bool IsOn => entriesMax > 0 && bytesMax > 0;

    /// <summary>How many stories are in it, and about how many bytes they take.</summary>
    public (int Entries, long Bytes) Size
    {
        get
        {
            lock (gate)
            {
                return (entries.Count, bytes);
            }
        }
    }

    /// <summary>Finds a story and makes it the one used last.</summary>
    public StoredStory? Find(string id)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(id, out var node))
            {
                return null;
            }

            if (!ReferenceEquals(byUse.First, node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }

            return node.Value.Story;
        }
    }

    /// <summary>Says that a story is about to be read. Every such call needs its <see cref="End"/>.</summary>
    public Fill Begin(string id)
    {
        lock (gate)
        {
            if (!fills.TryGetValue(id, out var fill))
            {
                fills[id] = fill = new Fill(id);
            }

            fill.Readers++;
            return fill;
        }
    }

    /// <summary>Brings what was read, or null where there was nothing.</summary>
    public void End(Fill fill, StoredStory? story, long size)
    {
        lock (gate)
        {
            if (--fill.Readers == 0)
            {
                _ = fills.Remove(fill.Id);
            }

            if (story is not null && story.Revision.Value >= fill.Since)
            {
                Put(story, size);
            }
        }
    }

    /// <summary>Lets a story go unless it is as new as a revision; what is being read must be as new as that too.
    /// </summary>
    public void Invalidate(string id, Revision revision)
    {
        lock (gate)
        {
            if (fills.TryGetValue(id, out var fill))
            {
                fill.Since = Math.Max(fill.Since, revision.Value);
            }

            if (entries.TryGetValue(id, out var node) && node.Value.Story.Revision.Value < revision.Value)
            {
                Remove(node);
            }
        }
    }

    /// <summary>Lets everything go, what is being read too.</summary>
    /// <param name="opens">Whether the cache may be filled from now on.</param>
    public void Clear(bool opens)
    {
        lock (gate)
        {
            entries.Clear();
            byUse.Clear();
            bytes = 0;
            isOpen = opens;
            foreach (var fill in fills.Values)
            {
                fill.Since = long.MaxValue;
            }
        }
    }

    private void Put(StoredStory story, long size)
    {
        if (!isOpen || size > bytesMax)
        {
            return;
        }

        var id = story.Story.Id;
        if (entries.TryGetValue(id, out var known))
        {
            if (known.Value.Story.Revision.Value > story.Revision.Value)
            {
                return;
            }

            Remove(known);
        }

        entries[id] = byUse.AddFirst(new Entry(story, size));
        bytes += size;
        while (entries.Count > entriesMax || bytes > bytesMax)
        {
            Remove(byUse.Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _ = entries.Remove(node.Value.Story.Story.Id);
        byUse.Remove(node);
        bytes -= node.Value.Size;
    }

    /// <summary>A story being read by somebody.</summary>
    internal sealed class Fill(string id)
    {
        public string Id { get; } = id;

        public int Readers { get; set; }

        /// <summary>The least revision that may enter the cache.</summary>
        public long Since { get; set; }
    }

    private readonly record struct Entry(StoredStory Story, long Size);
}
