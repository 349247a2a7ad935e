using System.Globalization;
using System.Runtime.InteropServices;
using Undercroft.Bench;

// dotnet run -c Release --project bench/Undercroft.Bench -- gate [--rounds N] [part of a name …]
if (args is not ["gate" or "list", ..])
{
    await Console.Error.WriteLineAsync("Usage: gate [--rounds N] [part of a name ...] | list");
    return 2;
}

if (args[0] == "list")
{
    foreach (var gate in Gates.All)
    {
        Console.WriteLine($"{gate.Name}: {gate.Claim}");
    }

    return 0;
}

var rounds = 9;
var wanted = new List<string>();
for (var i = 1; i < args.Length; i++)
{
    if (args[i] == "--rounds")
    {
        rounds = int.Parse(args[++i], CultureInfo.InvariantCulture);
    }
    else
    {
        wanted.Add(args[i]);
    }
}

Console.WriteLine(
    $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, " +
    $"{Environment.ProcessorCount} processors, {rounds} interleaved rounds, ratio = median of the rounds");
Console.WriteLine();
Console.WriteLine(GateResult.Header);
var holds = true;
foreach (var gate in Gates.All.Where(gate => wanted.Count == 0 || wanted.Any(gate.Name.Contains)))
{
    var result = await GateRun.RunAsync(gate, rounds);
    holds &= result.Holds;
    Console.WriteLine(result);
}

return holds ? 0 : 1;
