using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>A row or a cell as it is stored: its version, and what lies behind it. The default is one that is not
/// there.</summary>
/// <param name="Version">What a commit compares; empty where there is nothing.</param>
/// <param name="Form">What <see cref="JobForm"/> has written.</param>
/// <param name="Row">The row itself, where this process has it already; whoever changes it must own it.</param>
internal readonly record struct JobStored(ReadOnlyMemory<byte> Version, ReadOnlyMemory<byte> Form, JobRow? Row = null)
{
    /// <summary>Whether there is anything.</summary>
    public bool Exists => !Version.IsEmpty;

    /// <summary>Takes apart what the server keeps.</summary>
    public static JobStored Of(byte[] bytes) => bytes.Length <= JobNames.VersionBytes
        ? default
        : new JobStored(bytes.AsMemory(0, JobNames.VersionBytes), bytes.AsMemory(JobNames.VersionBytes));

    /// <summary>Gives the row.</summary>
    public JobRow ToRow(JobId id) => Row ?? JobForm.ReadRow(id, Form);
}
