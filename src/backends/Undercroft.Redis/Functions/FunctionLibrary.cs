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
    public const int Revision = 5;

    // The server runs what writes only while it has memory, and what reads or frees always.
    private const string Writes = "";
    private const string Reads = ", flags = { 'no-writes' }";
    private const string Frees = ", flags = { 'allow-oom' }";

    // The name, what it runs, and how.
    private static readonly (string Name, string Body, string Flags)[] Functions =
    [
        ("open", "open", Writes), ("commit", "commit", Writes), ("remove", "commit", Frees),
        ("expire", "expire", Frees), ("forget", "forget", Frees), ("prune", "prune", Frees),
        ("look", "look", Reads), ("read", "read", Reads), ("scan", "scan", Reads), ("changes", "changes", Reads),
        ("measure", "measure", Reads), ("list", "list", Reads), ("tombstones", "tombstones", Reads),
        ("verify", "verify", Reads), ("verify_back", "verify_back", Reads), ("history", "history", Reads),
        ("jobs", "jobs", Reads), ("job_list", "job_list", Reads),
    ];

    /// <summary>Makes the library of a revision.</summary>
    public FunctionLibrary(int revision = Revision)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"undercroft_{Format}_{revision}");
        Text = Compose();
        Look = Called("look");
        Open = Called("open");
        Commit = Called("commit");
        Remove = Called("remove");
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

    public byte[] Look { get; }

    public byte[] Open { get; }

    public byte[] Commit { get; }

    /// <summary>Does what <see cref="Commit"/> does, also while the server has no memory left: for commits that only
    /// delete.</summary>
    public byte[] Remove { get; }

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
        foreach (var (name, body, flags) in Functions)
        {
            _ = text.Append("\nredis.register_function{ ")
                .Append(CultureInfo.InvariantCulture, $"function_name = '{Name}_{name}', ")
                .Append("callback = function(keys, args) if not call then arm() end ")
                .Append(CultureInfo.InvariantCulture, $"return {body}(keys, args) end{flags} }}");
        }

        return text.Append('\n').ToString();
    }
}
