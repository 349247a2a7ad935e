using System.Buffers;

namespace Undercroft.Files.Values;

/// <summary>The value of a record as the table holds it: its length and hash always, its bytes only while they are not
/// in the record's file yet, or while the cache has room.</summary>
/// <remarks>It is the memory behind <see cref="StoreRecord.Value"/> inside this backend, so that a snapshot of the
/// table carries its values along without holding their bytes. Callers are always given bytes of their own.</remarks>
internal sealed class StoredValue : MemoryManager<byte>
{
    private byte[]? bytes;
    private long writtenAt;
    private bool wasUsed;

    /// <summary>A value that is not in its file yet.</summary>
    public StoredValue(byte[] bytes, ValueKind kind)
    {
        this.bytes = bytes;
        Mark = new FileMark(kind, ValueText.HashOf(bytes), bytes.Length);
    }

    /// <summary>A value whose file was seen.</summary>
    /// <param name="mark">What the file holds.</param>
    /// <param name="writtenAt">When the file was written, in ticks of UTC.</param>
    public StoredValue(FileMark mark, long writtenAt)
    {
        Mark = mark;
        this.writtenAt = Math.Max(1, writtenAt);
    }

    public FileMark Mark { get; }

    /// <summary>When its file was written; 0 while it is not in its file.</summary>
    public long WrittenAt => Volatile.Read(ref writtenAt);

    public bool IsPending => WrittenAt == 0;

    public override Memory<byte> Memory => CreateMemory(Mark.Length);

    /// <summary>The value behind a record of the table; null for a tombstone.</summary>
    public static StoredValue? Of(StoreRecord? record) =>
        record is { IsDeleted: false } &&
        System.Runtime.InteropServices.MemoryMarshal.TryGetMemoryManager(record.Value, out StoredValue? value)
            ? value
            : null;

    /// <summary>The bytes, where they are in memory.</summary>
    public byte[]? TryGet()
    {
        var held = Volatile.Read(ref bytes);
        if (held is not null && !wasUsed)
        {
            wasUsed = true;
        }

        return held;
    }

    /// <summary>Notes that the file holds the value. The bytes may be dropped from now on.</summary>
    public void MarkWritten(long at) => Volatile.Write(ref writtenAt, Math.Max(1, at));

    /// <summary>Notes that the file does not hold the value after all. Only before anybody may have dropped the bytes.
    /// </summary>
    public void MarkPending() => Volatile.Write(ref writtenAt, 0);

    /// <summary>Keeps bytes read from the file.</summary>
    /// <returns>Whether they were not kept before.</returns>
    public bool TryKeep(byte[] read) => Interlocked.CompareExchange(ref bytes, read, null) is null;

    /// <summary>Drops the bytes.</summary>
    public void Drop() => Volatile.Write(ref bytes, null);

    /// <summary>Whether the bytes were asked for since the last time this was asked.</summary>
    public bool TakeUse()
    {
        var used = wasUsed;
        wasUsed = false;
        return used;
    }

    public override Span<byte> GetSpan() =>
        TryGet() is { } held ? held
        : Mark.Length == 0 ? []
        : throw new InvalidOperationException("The bytes of this value are in its file, not in memory.");

    public override MemoryHandle Pin(int elementIndex = 0) =>
        throw new NotSupportedException("A value is never pinned: nobody but the table sees it.");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
