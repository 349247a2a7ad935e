using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Tests.Faults;

/// <summary>A SQLite file layer that passes everything on to the default one, counts what is written to and synced of
/// write-ahead logs, and fails on request.</summary>
/// <remarks>It is a copy of the default layer with another <c>xOpen</c>; each file it opens gets a copy of its methods
/// with other <c>xWrite</c>, <c>xSync</c> and <c>xClose</c>.</remarks>
public sealed unsafe class WatchedVfs
{
    private const int LayerSize = 168;
    private const int NameAt = 24;
    private const int OpenAt = 40;
    private const int MethodsSize = 19 * 8;
    private const int CloseAt = 8;
    private const int WriteAt = 3 * 8;
    private const int SyncAt = 5 * 8;
    private const int IsLog = 0x80000;

    // Callbacks from C know nothing but pointers.
    private static readonly ConcurrentDictionary<nint, WatchedVfs> Layers = new();
    private static readonly ConcurrentDictionary<nint, Watched> Files = new();

    private readonly ConcurrentDictionary<string, long> marks = new(StringComparer.Ordinal);
    private nint original;
    private long writes;
    private long syncedThrough;
    private int syncs;

    private WatchedVfs(string name) => Name = name;

    /// <summary>The name to open stores with.</summary>
    public string Name { get; }

    /// <summary>How many syncs of logs were completed.</summary>
    public int Syncs => Volatile.Read(ref syncs);

    /// <summary>What the next writes answer instead of writing; 0 means to write.</summary>
    public int WriteFault { get; set; }

    /// <summary>What the next syncs answer instead of syncing; 0 means to sync.</summary>
    public int SyncFault { get; set; }

    /// <summary>Registers a layer with a library, for the rest of the process.</summary>
    public static WatchedVfs Register()
    {
        var library = SqliteLoader.Load(null);
        var find = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(
            library.Handle, "sqlite3_vfs_find");
        var register = (delegate* unmanaged[Cdecl]<byte*, int, int>)NativeLibrary.GetExport(
            library.Handle, "sqlite3_vfs_register");

        var watched = new WatchedVfs($"watched-{Guid.NewGuid():n}");
        var layer = (byte*)NativeMemory.AllocZeroed(LayerSize);
        var found = find(null);
        Buffer.MemoryCopy(found, layer, LayerSize, LayerSize);
        watched.original = *(nint*)(found + OpenAt);
        *(nint*)(layer + NameAt) = Marshal.StringToCoTaskMemUTF8(watched.Name);
        *(nint*)(layer + OpenAt) = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)&Open;
        Layers[(nint)layer] = watched;
        Assert.Equal(0, register(layer, 0));
        return watched;
    }

    /// <summary>Whether a text was written to a log, and a sync begun after that has completed.</summary>
    public bool IsSynced(string mark) =>
        marks.TryGetValue(mark, out var written) && Volatile.Read(ref syncedThrough) >= written;

    /// <summary>Looks for a text in everything written to logs from now on.</summary>
    public void Expect(string mark) => marks[mark] = long.MaxValue;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(nint layer, byte* name, nint file, int flags, int* outFlags)
    {
        var vfs = Layers[layer];
        var code = ((delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)vfs.original)(
            layer, name, file, flags, outFlags);
        var methods = *(byte**)file;
        if (code != 0 || methods is null)
        {
            return code;
        }

        var copy = (byte*)NativeMemory.Alloc(MethodsSize);
        Buffer.MemoryCopy(methods, copy, MethodsSize, MethodsSize);
        *(nint*)(copy + CloseAt) = (nint)(delegate* unmanaged[Cdecl]<nint, int>)&Close;
        *(nint*)(copy + WriteAt) = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)&Write;
        *(nint*)(copy + SyncAt) = (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&Sync;
        Files[file] = new Watched(vfs, (nint)methods, (nint)copy, (flags & IsLog) != 0);
        *(byte**)file = copy;
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(nint file)
    {
        _ = Files.TryRemove(file, out var watched);
        *(nint*)file = watched!.Methods;
        NativeMemory.Free((void*)watched.Copy);
        return ((delegate* unmanaged[Cdecl]<nint, int>)(*(nint*)(watched.Methods + CloseAt)))(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint file, byte* bytes, int count, long at)
    {
        var watched = Files[file];
        if (watched.Layer.WriteFault is var fault and not 0)
        {
            return fault;
        }

        var code = ((delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)(*(nint*)(watched.Methods + WriteAt)))(
            file, bytes, count, at);
        if (watched.IsLog)
        {
            watched.Layer.Note(new ReadOnlySpan<byte>(bytes, count));
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(nint file, int flags)
    {
        var watched = Files[file];
        var layer = watched.Layer;
        if (layer.SyncFault is var fault and not 0)
        {
            return fault;
        }

        var through = Volatile.Read(ref layer.writes);
        var code = ((delegate* unmanaged[Cdecl]<nint, int, int>)(*(nint*)(watched.Methods + SyncAt)))(file, flags);
        if (code == 0 && watched.IsLog)
        {
            Volatile.Write(ref layer.syncedThrough, through);
            _ = Interlocked.Increment(ref layer.syncs);
        }

        return code;
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        var number = Interlocked.Increment(ref writes);
        foreach (var (mark, written) in marks)
        {
            if (written == long.MaxValue && bytes.IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0)
            {
                marks[mark] = number;
            }
        }
    }

    private sealed record Watched(WatchedVfs Layer, nint Methods, nint Copy, bool IsLog);
}
