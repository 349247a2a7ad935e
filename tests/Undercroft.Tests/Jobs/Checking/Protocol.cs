namespace Undercroft.Tests.Jobs.Checking;

/// <summary>How the protocol of runs is done: right, or wrong in one of the ways seen in the field.</summary>
[Flags]
public enum Protocol
{
    /// <summary>As this project does it.</summary>
    None = 0,

    /// <summary>A settlement is taken for whoever runs the job.</summary>
    NoFence = 1,

    /// <summary>The fence is the attempt, which snoozes take back.</summary>
    AttemptAsFence = 2,

    /// <summary>A job is run before its claim is committed.</summary>
    EarlyDispatch = 4,

    /// <summary>A job is taken from a session that was dead when it was looked at.</summary>
    ReapWithoutRecheck = 8,

    /// <summary>A session is renewed that has expired.</summary>
    LateRenewal = 16,
}
