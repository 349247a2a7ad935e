namespace Undercroft.Indexes;

/// <summary>The first byte of each encoded value. Their order is the order of kinds. Neither 0x00 nor 0xFF, so that
/// a range always has a place before and behind, complements included.</summary>
internal static class KeyTag
{
    public const byte Null = 0x10;
    public const byte False = 0x18;
    public const byte True = 0x19;
    public const byte Negative = 0x20;
    public const byte Zero = 0x21;
    public const byte Positive = 0x22;
    public const byte String = 0x30;
    public const byte Time = 0x40;
    public const byte Object = 0x50;

    /// <summary>Ends a string, and the digits of a positive number.</summary>
    public const byte End = 0x00;

    /// <summary>Stands before what replaces the bytes 0x00 and 0x01 in a string: 0x01 and 0x02.</summary>
    public const byte Escape = 0x01;

    /// <summary>The kind of value a tag begins; null where it is no tag.</summary>
    public static FieldValueKind? KindOf(byte tag) => tag switch
    {
        Null => FieldValueKind.Null,
        False or True => FieldValueKind.Boolean,
        Negative or Zero or Positive => FieldValueKind.Number,
        String => FieldValueKind.Text,
        Time => FieldValueKind.Time,
        Object => FieldValueKind.AnyObject,
        _ => null,
    };
}
