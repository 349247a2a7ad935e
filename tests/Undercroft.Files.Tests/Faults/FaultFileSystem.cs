using Undercroft.Files.Disk;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A file system in memory that can fail any call, and that forgets at a power cut what was not synced: all of
/// it, some of it, or parts of single writes.</summary>
/// <remarks>
/// Names and contents are apart, as on a real system: a file may have its name and not its bytes. Each change waits in
/// a log until a sync makes it last. A power cut applies to what lasts a random choice of the changes left, each kept,
/// dropped or, for a write, torn at a sector; so writes are also reordered. A rename is kept or dropped as one.
/// </remarks>
internal sealed class FaultFileSystem : IFileSystem
{
    internal const int Sector = 512;

    private readonly Lock gate = new();
    private readonly FaultDisk disk;
    private long callsOfKind;
    private bool isDown;
    private string current = string.Empty;
    private object? holder;

    public FaultFileSystem(FaultDisk? disk = null) => this.disk = disk ?? new FaultDisk();

    public Guid BootId => new(disk.Boots, 0, 0, new byte[8]);

    public bool CanSyncAll { get; init; } = true;

    /// <summary>Whether two files can be swapped in one step.</summary>
    public bool CanExchange { get; init; } = true;

    /// <summary>The number of the process that uses it.</summary>
    public int Process { get; private set; }

    /// <summary>How many calls were made that can fail.</summary>
    public long Calls { get; private set; }

    /// <summary>The number of the call that fails; 0 means none does.</summary>
    public long FailsAt { get; set; }

    /// <summary>Whether all calls after that fail too.</summary>
    public bool FailsOn { get; set; }

    /// <summary>What kind of call fails, from <see cref="FailsAt"/> on, counting these alone; null means any.</summary>
    public string? FailsKind { get; set; }

    /// <summary>How many calls fail before all is well again, where <see cref="FailsOn"/>; 0 means no end.</summary>
    public long HealsAfter { get; set; }

    /// <summary>What it fails with: 28 is no room, 5 a failing disk, 0 a power cut.</summary>
    public int FailsWith { get; set; }

    /// <summary>The number of the call from which on nothing works any more, as if process or power had ended; 0 means
    /// that does not happen.</summary>
    public long EndsAt { get; set; }

    /// <summary>The call that failed, for messages.</summary>
    public string? Failed { get; private set; }

    /// <summary>Told of each completed sync of data: the file's path and its bytes at that time.</summary>
    public Action<string, byte[]>? Synced { get; set; }

    /// <summary>Told of each swap: the path that is not the store's own.</summary>
    public Action<string>? Swapped { get; set; }

    /// <summary>Told before each call, with what it does and on what.</summary>
    public Action<string, string>? Calling { get; set; }

    /// <summary>Told before each change and each sync with the call it is of; null is a sync.</summary>
    public Action<Change?, string>? Changing { get; set; }

    /// <summary>Lets the system forget, without a restart, what it could not write when a sync failed.</summary>
    public void Forget(Random chance)
    {
        lock (gate)
        {
            disk.Forget(chance);
        }
    }

    /// <summary>Makes the power come back: what was not synced is kept, lost or torn, as the chance wants it.</summary>
    public void PowerOn(Random chance) => PowerOn(
        (_, _) => chance.Next(3) switch { 0 => Fate.Kept, 1 => Fate.Torn, _ => Fate.Dropped }, chance);

    /// <summary>Makes the power come back: what was not synced is kept, lost or torn, as the fates want it.</summary>
    public void PowerOn(Func<int, Change, Fate> fates, Random tears)
    {
        lock (gate)
        {
            disk.PowerOn(fates, tears);
            Restart();
        }
    }

    /// <summary>The disk as it is now, apart from this one from here on.</summary>
    /// <param name="also">A change that the copy has taken and this one has not.</param>
    public FaultDisk CopyDisk(Change? also = null)
    {
        lock (gate)
        {
            return disk.Copy(also);
        }
    }

    /// <summary>Ends the process that used it, and nothing else: what was written is there.</summary>
    public void Restart()
    {
        lock (gate)
        {
            isDown = false;
            holder = null;
            Process++;
            Calls = 0;
            FailsAt = 0;
            FailsKind = null;
            HealsAfter = 0;
            callsOfKind = 0;
            EndsAt = 0;
            Failed = null;
        }
    }

    /// <summary>The bytes of a file as they are, past all faults; null where there is none.</summary>
    public byte[]? Peek(string path)
    {
        lock (gate)
        {
            return disk.Names.GetValueOrDefault(path)?.Bytes.ToArray();
        }
    }

    /// <summary>Writes a file as a person does, past all faults, and lets it last; null deletes it.</summary>
    public void Edit(string path, byte[]? bytes)
    {
        lock (gate)
        {
            disk.Edit(path, bytes);
        }
    }

    /// <summary>Writes over a file as a person does, past all faults; it keeps its name.</summary>
    public void EditInPlace(string path, byte[] bytes)
    {
        lock (gate)
        {
            disk.EditInPlace(path, bytes);
        }
    }

    /// <summary>The paths of all files, in order.</summary>
    public IReadOnlyList<string> Files()
    {
        lock (gate)
        {
            return
            [
                .. disk.Names.Where(static name => !name.Value.IsDirectory).Select(static name => name.Key).Order(),
            ];
        }
    }

    public FileStamp? Stat(string path, bool follows = false) => Call<FileStamp?>(
        "stat", path, () => disk.Names.TryGetValue(path, out var node) ? node.Stamp : null);

    public IReadOnlyList<FileItem> List(string directory) => Call(
        "list", directory, () => disk.Names
            .Where(name => Path.GetDirectoryName(name.Key) == directory)
            .Select(name => new FileItem(Path.GetFileName(name.Key), name.Value.Stamp))
            .ToList());

    public IDiskFile Open(string path, OpenKind kind) => Call("open", path, () =>
    {
        if (kind == OpenKind.Replace)
        {
            RequireDirectory(path);
            if (disk.Names.TryGetValue(path, out var old))
            {
                Do(new WriteChange(old, 0, [], Truncates: true));
            }
            else
            {
                Do(new NameChange(path, new Node(), null));
            }
        }

        return new FaultFile(this, path, Find(path), Process);
    });

    public void Rename(string from, string to) => Call("rename", to, () =>
    {
        var node = Find(from);
        RequireDirectory(to);
        Do(new NameChange(to, node, from));
        return true;
    });

    public bool TryRename(string from, string to) => Call("rename", to, () =>
    {
        var node = Find(from);
        RequireDirectory(to);
        if (disk.Names.ContainsKey(to))
        {
            return false;
        }

        Do(new NameChange(to, node, from));
        return true;
    });

    public bool TryExchange(string one, string other) => Call("swap", other, () =>
    {
        if (!CanExchange || !disk.Names.TryGetValue(one, out var first) ||
            !disk.Names.TryGetValue(other, out var second))
        {
            return false;
        }

        Do(new SwapChange(one, second, other, first));
        Swapped?.Invoke(other);
        return true;
    });

    public void Delete(string path) => Call("delete", path, () =>
    {
        if (disk.Names.ContainsKey(path))
        {
            Do(new NameChange(path, null, null));
        }

        return true;
    });

    public IDisposable? DeleteName(string path)
    {
        Delete(path);
        return null;
    }

    public void CreateDirectory(string path) => Call("mkdir", path, () =>
    {
        var missing = new Stack<string>();
        for (var at = path; at is not null && !disk.Names.ContainsKey(at); at = Path.GetDirectoryName(at))
        {
            missing.Push(at);
        }

        while (missing.TryPop(out var next))
        {
            Do(new NameChange(next, new Node { IsDirectory = true }, null));
        }

        return true;
    });

    public void DeleteDirectory(string path) => Call("rmdir", path, () =>
    {
        var inside = path + "/";
        foreach (var name in disk.Names.Keys.Where(
            name => name == path || name.StartsWith(inside, StringComparison.Ordinal)).ToList())
        {
            Do(new NameChange(name, null, null));
        }

        return true;
    });

    public void SyncDirectory(string path) => Sync("fsync of directory", path, change =>
        change switch
        {
            NameChange name => Path.GetDirectoryName(name.Path) == path ||
                (name.From is { } from && Path.GetDirectoryName(from) == path),
            SwapChange swap => Path.GetDirectoryName(swap.One) == path || Path.GetDirectoryName(swap.Other) == path,
            _ => false,
        });

    public void SyncAll(string directory) => Sync("syncfs", directory, static _ => true);

    public IDisposable? TryLock(string path) => Call<IDisposable?>("lock", path, () =>
    {
        if (holder is not null)
        {
            return null;
        }

        var taken = new Held(this);
        holder = taken;
        return taken;
    });

    internal T Call<T>(string what, string path, Func<T> work, bool isSync = false)
    {
        Calling?.Invoke(what, path);
        lock (gate)
        {
            Calls++;
            current = $"{what} {path}";
            isDown |= EndsAt > 0 && Calls >= EndsAt;
            if (isDown || Fails(what))
            {
                Failed ??= $"{what} {path}";
                isDown |= FailsWith == 0;
                var error = new IOException($"{what}: injected fault", FailsWith == 0 ? 5 : FailsWith);
                throw isSync ? new SyncFailedException(error) : error;
            }

            return work();
        }
    }

    private bool Fails(string what)
    {
        if (FailsAt == 0 || (FailsKind is { } kind && kind != what))
        {
            return false;
        }

        var call = FailsKind is null ? Calls : ++callsOfKind;
        return call == FailsAt || (FailsOn && call > FailsAt && (HealsAfter == 0 || call < FailsAt + HealsAfter));
    }

    internal void Sync(string what, string path, Func<Change, bool> covers) => Call(
        what,
        path,
        () =>
        {
            Changing?.Invoke(null, current);
            disk.Sync(covers);
            return true;
        },
        isSync: true);

    internal void Do(Change change)
    {
        Changing?.Invoke(change, current);
        disk.Do(change);
    }

    private Node Find(string path) =>
        disk.Names.TryGetValue(path, out var node)
            ? node
            : throw new FileNotFoundException($"No such file: '{path}'");

    private void RequireDirectory(string path)
    {
        if (!disk.Names.ContainsKey(Path.GetDirectoryName(path)!))
        {
            throw new DirectoryNotFoundException($"No such directory for '{path}'");
        }
    }

    private sealed class Held(FaultFileSystem files) : IDisposable
    {
        public void Dispose()
        {
            lock (files.gate)
            {
                files.holder = files.holder == this ? null : files.holder;
            }
        }
    }
}
