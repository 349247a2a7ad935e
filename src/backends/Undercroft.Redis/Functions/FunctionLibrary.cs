using System.Globalization;
using System.Text;

namespace Undercroft.Redis.Functions;

/// <summary>The library of server-side functions: its text, and the names by which this version of it is called.
/// </summary>
/// <remarks>The name holds the version, so that clients of two versions work on one store side by side, each with its
/// own functions. What they must agree on is the form of the records, which the store's row names.</remarks>
internal sealed class FunctionLibrary
{
    /// <summary>The form of what is stored; a store in a newer one is refused.</summary>
    public const int Format = 1;

    /// <summary>The version of the functions. It grows with every change of their text.</summary>
    public const int Revision = 3;

    // The name, and whether it only reads.
    private static readonly (string Name, bool IsReading)[] Functions =
    [
        ("open", false), ("commit", false), ("expire", false), ("forget", false), ("prune", false),
        ("read", true), ("scan", true), ("changes", true), ("measure", true), ("list", true), ("tombstones", true),
        ("verify", true), ("verify_back", true), ("history", true), ("jobs", true), ("job_list", true),
    ];

    /// <summary>Makes the library of a revision.</summary>
    public FunctionLibrary(int revision = Revision)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"undercroft_{Format}_{revision}");
        Text = Compose();
        Open = Called("open");
        Commit = Called("commit");
        Expire = Called("expire");
        Forget = Called("forget");
        Prune = Called("prune");
        Read = Called("read");
        Scan = Called("scan");
        Changes = Called("changes");
        Measure = Called("measure");
        List = Called("list");
        Tombstones = Called("tombstones");
        Verify = Called("verify");
        VerifyBack = Called("verify_back");
        History = Called("history");
        Jobs = Called("jobs");
        JobList = Called("job_list");
    }

    /// <summary>The library's name.</summary>
    public string Name { get; }

    /// <summary>The library's whole text, for FUNCTION LOAD.</summary>
    public string Text { get; }

    public byte[] Open { get; }

    public byte[] Commit { get; }

    public byte[] Expire { get; }

    public byte[] Forget { get; }

    public byte[] Prune { get; }

    public byte[] Read { get; }

    public byte[] Scan { get; }

    public byte[] Changes { get; }

    public byte[] Measure { get; }

    public byte[] List { get; }

    public byte[] Tombstones { get; }

    public byte[] Verify { get; }

    public byte[] VerifyBack { get; }

    public byte[] History { get; }

    public byte[] Jobs { get; }

    public byte[] JobList { get; }

    private byte[] Called(string function) => Encoding.UTF8.GetBytes($"{Name}_{function}");

    private string Compose()
    {
        var text = new StringBuilder("#!lua name=").Append(Name).Append('\n')
            .Append(LuaShared.Source)
            .Append(LuaWriting.Source)
            .Append(LuaJobs.Source)
            .Append(LuaCommit.Source)
            .Append(LuaReading.Source)
            .Append(LuaUpkeep.Source)
            .Append(LuaVerify.Source);
        foreach (var (name, isReading) in Functions)
        {
            _ = text.Append("\nredis.register_function{ ")
                .Append(CultureInfo.InvariantCulture, $"function_name = '{Name}_{name}', ")
                .Append("callback = function(keys, args) if not call then arm() end ")
                .Append(CultureInfo.InvariantCulture, $"return {name}(keys, args) end")
                .Append(isReading ? ", flags = { 'no-writes' } }" : " }");
        }

        return text.Append('\n').ToString();
    }
}
