using System.Runtime.CompilerServices;
using Undercroft.Redis.Functions;

namespace Undercroft.Redis.Upkeep;

/// <summary>Walks the lists of names a store keeps: its collections, and its indexes.</summary>
internal static class Lists
{
    private const int StepMax = 500;

    /// <summary>Walks a list in order.</summary>
    /// <param name="caller">Calls the server.</param>
    /// <param name="list">Which: <c>c</c> collections, <c>j</c> indexes.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static async IAsyncEnumerable<byte[]> WalkAsync(
        FunctionCaller caller, byte[] list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] last = [];
        while (true)
        {
            var after = last;
            var names = new List<byte[]>();
            using (var reply = await caller.CallAsync(
                caller.Library.List, command => _ = command.Add(list).Add(after).Add(StepMax), isReading: true,
                cancellationToken).ConfigureAwait(false))
            {
                foreach (var name in reply)
                {
                    names.Add(name.Bytes.ToArray());
                }
            }

            foreach (var name in names)
            {
                yield return name;
            }

            if (names.Count < StepMax)
            {
                yield break;
            }

            last = names[^1];
        }
    }
}
