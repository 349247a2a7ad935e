namespace Undercroft.Indexes;

/// <summary>The values a <see cref="FieldProbe"/> found in one document, encoded, by slot. Reused from document to
/// document.</summary>
internal sealed class FieldCaptures
{
    private const int CapacityMax = 64 * 1024;

    private readonly IndexKeyWriter writer = new(256);
    private readonly int[] heads;
    private readonly int[] tails;
    private Capture[] captures = new Capture[16];
    private int count;

    public FieldCaptures(int slots)
    {
        heads = new int[slots];
        tails = new int[slots];
        Clear();
    }

    private struct Capture
    {
        public int Start;
        public int Length;
        public int Next;
        public bool IsElement;
    }

    public void Clear()
    {
        writer.Trim(CapacityMax);
        writer.Clear();
        if (captures.Length > CapacityMax)
        {
            captures = new Capture[16];
        }

        count = 0;
        heads.AsSpan().Fill(-1);
    }

    /// <summary>The first capture of a slot; negative where there is none.</summary>
    public int First(int slot) => heads[slot];

    /// <summary>The next capture of the same slot; negative at the end.</summary>
    public int Next(int capture) => captures[capture].Next;

    /// <summary>The encoded value of a capture.</summary>
    public ReadOnlySpan<byte> Value(int capture) =>
        writer.Written.Slice(captures[capture].Start, captures[capture].Length);

    /// <summary>Whether the value stood in an array, not in a property.</summary>
    public bool IsElement(int capture) => captures[capture].IsElement;

    /// <summary>The part of the document a capture is; for slots of <see cref="SlotMode.Element"/>.</summary>
    public Range Part(int capture) =>
        captures[capture].Start..(captures[capture].Start + captures[capture].Length);

    /// <summary>Lets the caller write one value, then notes it.</summary>
    public IndexKeyWriter Begin() => writer;

    /// <summary>Notes what was written since a length as a value of a slot.</summary>
    public void Add(int slot, int start, bool isElement = false) =>
        Note(slot, start, writer.Length - start, isElement);

    /// <summary>Notes a part of the document.</summary>
    public void AddPart(int slot, int start, int end) => Note(slot, start, end - start, isElement: false);

    private void Note(int slot, int start, int length, bool isElement)
    {
        if (count == captures.Length)
        {
            Array.Resize(ref captures, 2 * count);
        }

        captures[count] = new Capture { Start = start, Length = length, Next = -1, IsElement = isElement };
        if (heads[slot] < 0)
        {
            heads[slot] = count;
        }
        else
        {
            captures[tails[slot]].Next = count;
        }

        tails[slot] = count++;
    }
}
