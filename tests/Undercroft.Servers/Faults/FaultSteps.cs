namespace Undercroft.Servers;

/// <summary>The faults that can meet one commit on its way, at every step of it.</summary>
public static class FaultSteps
{
    /// <summary>The faults, by name.</summary>
    /// <param name="text">A text that is in the commit, and in nothing else that is sent.</param>
    public static IReadOnlyDictionary<string, Fault> Of(string text)
    {
        Fault[] asking =
        [
            .. from kind in new[] { FaultKind.Cut, FaultKind.Freeze }
               from part in new[] { 0, 0.5, 1 }
               select new Fault(kind, FaultSide.Asking) { When = text, Part = part },
            new Fault(FaultKind.Twice, FaultSide.Asking) { When = text },
            new Fault(FaultKind.Delay, FaultSide.Asking) { When = text },
        ];
        Fault[] answering =
        [
            .. from kind in new[] { FaultKind.Cut, FaultKind.Freeze }
               from part in new[] { 0, 0.5 }
               select new Fault(kind, FaultSide.Answering) { After = text, Part = part },
            new Fault(FaultKind.Delay, FaultSide.Answering) { After = text },
        ];
        return asking.Concat(answering).ToDictionary(static fault => fault.ToString());
    }

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Of("").Keys;
}
