namespace Undercroft.Redis.Functions;

/// <summary>What a function's answer begins with.</summary>
internal static class Status
{
    public const long Done = 0;

    public const long Conflict = 1;

    public const long Replay = 2;

    public const long OtherContent = 3;

    public const long Forgotten = 4;

    public const long Replaced = 5;

    public const long Missing = 6;

    public const long Newer = 7;

    public const long Denied = 8;

    public const long JobsChanged = 9;
}
