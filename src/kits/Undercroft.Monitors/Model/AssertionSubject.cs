namespace Undercroft.Monitors;

/// <summary>The parts of a response an assertion can be about.</summary>
public enum AssertionSubject
{
    /// <summary><c>body</c>.</summary>
    Body = 0,

    /// <summary><c>headers</c>.</summary>
    Headers,

    /// <summary><c>status</c>: the number.</summary>
    Status,

    /// <summary><c>latency</c>: milliseconds from the first byte sent to the last byte received.</summary>
    Latency,
}
