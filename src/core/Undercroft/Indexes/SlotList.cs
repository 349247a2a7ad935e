namespace Undercroft.Indexes;

/// <summary>Gathers the slots of a <see cref="FieldProbe"/>, the same one for the same thing.</summary>
internal sealed class SlotList
{
    private readonly List<(FieldPath Path, SlotMode Mode)> slots = [];

    public int Of(FieldPath path, FieldKind kind) =>
        Of(path, kind == FieldKind.Time ? SlotMode.Time : SlotMode.Value);

    public int Of(FieldPath path, SlotMode mode)
    {
        var slot = slots.IndexOf((path, mode));
        if (slot < 0)
        {
            slot = slots.Count;
            slots.Add((path, mode));
        }

        return slot;
    }

    public FieldProbe ToProbe(bool isStrict = false) => new(slots, isStrict);
}
