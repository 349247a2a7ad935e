using System.Buffers;
using System.Collections;

namespace Undercroft.Sqlite.Tests.Faults;

/// <summary>Commits that hold up or fail the writer, and nobody else.</summary>
internal static class Stalls
{
    public static bool IsWriter => Thread.CurrentThread.Name == "undercroft sqlite writer";

    /// <summary>A commit in which the writer stops until it is let go.</summary>
    public static Commit Until(ManualResetEventSlim go, ManualResetEventSlim reached) =>
        new(new Operations([new PutOperation(new RecordKey("gate", "gate"), "x"u8.ToArray())], () =>
        {
            reached.Set();
            Assert.True(go.Wait(TimeSpan.FromMinutes(2)), "Nobody let the writer go.");
        }));

    /// <summary>A commit that fails while it is judged, before it has written.</summary>
    public static Commit FailingEarly(string id) =>
        new(new Operations(
            [new PutOperation(new RecordKey("bad", id), "x"u8.ToArray())],
            static () => throw new InvalidTimeZoneException("early")));

    /// <summary>A commit that fails when half of it is written.</summary>
    public static Commit FailingLate(string id) => new(
        new PutOperation(new RecordKey("bad", id + "1"), "x"u8.ToArray()),
        new PutOperation(
            new RecordKey("bad", id + "2"),
            new WatchedBytes(static () => throw new InvalidTimeZoneException("late")).Memory));

    /// <summary>A commit that calls back when its value is written, on whichever thread writes it.</summary>
    public static Commit CallingBack(string id, Action whenWritten) =>
        new(new PutOperation(new RecordKey("watched", id), new WatchedBytes(whenWritten).Memory));

    private sealed class Operations(StoreOperation[] operations, Action onWriter) : IReadOnlyList<StoreOperation>
    {
        public int Count => operations.Length;

        public StoreOperation this[int index]
        {
            get
            {
                if (IsWriter)
                {
                    onWriter();
                }

                return operations[index];
            }
        }

        public IEnumerator<StoreOperation> GetEnumerator() => operations.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class WatchedBytes(Action whenRead) : MemoryManager<byte>
    {
        private readonly byte[] bytes = [1, 2, 3];

        public override Memory<byte> Memory => CreateMemory(bytes.Length);

        public override Span<byte> GetSpan()
        {
            whenRead();
            return bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => default;

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
