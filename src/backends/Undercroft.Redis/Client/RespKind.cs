namespace Undercroft.Redis.Client;

/// <summary>The kinds of RESP3 values; each is named by the byte that begins it on the wire.</summary>
internal enum RespKind : byte
{
    /// <summary>Nothing there: the value of a reply that was never received.</summary>
    None = 0,

    /// <summary>A short text, such as OK.</summary>
    SimpleString = (byte)'+',

    /// <summary>An error of one line.</summary>
    SimpleError = (byte)'-',

    /// <summary>A whole number of 64 bits.</summary>
    Number = (byte)':',

    /// <summary>Bytes of a length that is told first.</summary>
    BulkString = (byte)'$',

    /// <summary>A list.</summary>
    Array = (byte)'*',

    /// <summary>No value.</summary>
    Null = (byte)'_',

    /// <summary>Yes or no.</summary>
    Boolean = (byte)'#',

    /// <summary>A floating-point number.</summary>
    Double = (byte)',',

    /// <summary>A whole number of any length.</summary>
    BigNumber = (byte)'(',

    /// <summary>An error whose length is told first.</summary>
    BulkError = (byte)'!',

    /// <summary>A text with a three-letter format before it.</summary>
    VerbatimString = (byte)'=',

    /// <summary>Pairs.</summary>
    Map = (byte)'%',

    /// <summary>A list in which each element is there once.</summary>
    Set = (byte)'~',

    /// <summary>Pairs that say something about the value after them; readers skip them.</summary>
    Attribute = (byte)'|',

    /// <summary>Something the server says without being asked.</summary>
    Push = (byte)'>',
}
