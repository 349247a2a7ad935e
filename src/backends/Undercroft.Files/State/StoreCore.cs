using Undercroft.Backends;
using Undercroft.Files.Disk;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;

namespace Undercroft.Files.State;

/// <summary>What the parts of an open store share.</summary>
internal sealed class StoreCore
{
    private StoreState published;
    private Exception? failure;

    public StoreCore(IFileSystem files, TreePaths paths, FileStoreOptions options, TimeProvider time, StoreState state)
    {
        Files = files;
        Paths = paths;
        Options = options;
        published = state;
        Time = time;
        Clock = new StoreClock(time);
        Clock.Resume(new DateTimeOffset(state.Clock, TimeSpan.Zero), new TimeSpan(state.Ahead));
        Values = new ValueReader(files, paths, new ValueCache(options.CacheBytesMax));
        Look = new FileLook(files, paths, options.Limits.ValueBytesMax);
        Lanes = new LaneLimits(options.Limits.ReplaysKept, options.ReplayLanesMax, options.Limits.ReplaysKeptFor);
    }

    public IFileSystem Files { get; }

    public TreePaths Paths { get; }

    public FileStoreOptions Options { get; }

    public TimeProvider Time { get; }

    public StoreClock Clock { get; }

    public ValueReader Values { get; }

    public FileLook Look { get; }

    public LaneLimits Lanes { get; }

    public FeedSignal Signal { get; } = new();

    public Notices Notices { get; } = new();

    /// <summary>The state readers see.</summary>
    public StoreState State => Volatile.Read(ref published);

    /// <summary>Whether a sync has failed: then nothing may be promised any more.</summary>
    public bool HasFailed => Volatile.Read(ref failure) is not null;

    public void Publish(StoreState state)
    {
        Volatile.Write(ref published, state);
        Signal.Pulse();
    }

    /// <summary>Told once, with what every commit is refused with from here on.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Refuses every commit from here on.</summary>
    public void Fail(Exception reason)
    {
        if (Interlocked.CompareExchange(ref failure, reason, null) is null)
        {
            Failed?.Invoke(FileErrors.Failed(Paths.Root, reason));
        }
    }

    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref failure) is { } reason)
        {
            throw FileErrors.Failed(Paths.Root, reason);
        }
    }

    /// <summary>Makes of any error what callers may see.</summary>
    public Exception Translate(Exception error, string doing) => FileErrors.Of(error, doing, Paths.Root);
}
