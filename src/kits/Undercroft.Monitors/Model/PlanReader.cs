using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Reads a plan of the current version out of JSON, and notes all that is wrong with it.</summary>
internal sealed class PlanReader
{
    private readonly List<PlanProblem> problems = [];
    private readonly NodeReader nodes;

    private PlanReader() => nodes = new NodeReader(problems);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="PlanException">Something is wrong with it.</exception>
    public static MonitorPlan Read(JsonElement json)
    {
        var reader = new PlanReader();
        var plan = reader.ReadPlan(new JsonShape(json, "", reader.problems));
        if (reader.problems.Count == 0)
        {
            PlanGraph.Check(plan, reader.problems);
        }

        return reader.problems.Count == 0 ? plan : throw new PlanException(reader.problems);
    }

    private MonitorPlan ReadPlan(JsonShape shape)
    {
        shape.Only(
            "id", "version", "name", "organization", "project", "environment", "locations", "frequency", "cron",
            "timeZone", "enabled", "variables", "nodes", "edges");
        var steps = nodes.Read(shape);
        var plan = new MonitorPlan
        {
            Id = shape.Text("id", max: 1000) ?? "",
            Name = shape.Text("name", isRequired: true) ?? "",
            Organization = shape.Text("organization"),
            Project = shape.Text("project"),
            Environment = shape.Text("environment") ?? MonitorPlan.DefaultEnvironment,
            Locations = ReadLocations(shape),
            Frequency = ReadFrequency(shape),
            Cron = shape.Text("cron"),
            TimeZone = shape.Text("timeZone"),
            IsEnabled = shape.Flag("enabled", true),
            Variables = ReadVariables(shape),
            Nodes = steps,
            Edges = ReadEdges(shape, steps),
        };
        CheckSchedule(shape, plan);
        return plan;
    }

    private static void CheckSchedule(JsonShape shape, MonitorPlan plan)
    {
        if (plan.Frequency is not null && plan.Cron is not null)
        {
            shape.Problem("cron", "stands beside 'frequency'; expected only one of the two.");
        }

        if (plan.TimeZone is not null && plan.Cron is null)
        {
            shape.Problem("timeZone", "stands without 'cron', for which it is meant. Remove it.");
        }

        if (plan.Cron is not null && PlanSchedule.Problem(plan) is { } problem)
        {
            shape.Problem(problem.Path, problem.Message);
        }
    }

    private static List<string> ReadLocations(JsonShape shape)
    {
        var found = new List<string>();
        if (shape.Find("locations") is not { } json)
        {
            return found;
        }

        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > PlanLimits.LocationsMax)
        {
            shape.Problem("locations", $"expected an array of at most {PlanLimits.LocationsMax} texts.");
            return found;
        }

        foreach (var element in json.EnumerateArray())
        {
            var location = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
            if (LocationName.Problem(location) is { } problem)
            {
                shape.Problem($"locations[{found.Count}]", problem);
            }
            else if (found.Contains(location))
            {
                shape.Problem($"locations[{found.Count}]", $"names '{location}' a second time.");
            }

            found.Add(location);
        }

        return found;
    }

    private static PlanFrequency? ReadFrequency(JsonShape shape)
    {
        if (shape.Object("frequency") is not { } frequency)
        {
            return null;
        }

        frequency.Only("every", "unit");
        var every = frequency.Whole("every", 1, 1000, isRequired: true);
        var unit = frequency.Word("unit", PlanWords.Units, isRequired: true);
        return new PlanFrequency((int)(every ?? 1), unit ?? PlanFrequencyUnit.Minute);
    }

    private static Dictionary<string, string> ReadVariables(JsonShape shape)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (shape.Object("variables") is { } json)
        {
            foreach (var member in json.Members(PlanLimits.VariablesMax))
            {
                if (member.Value.ValueKind == JsonValueKind.String)
                {
                    variables[member.Name] = member.Value.GetString()!;
                }
                else
                {
                    json.Problem(member.Name, $"found {JsonShape.KindOf(member.Value)}; expected a text.");
                }
            }
        }

        return variables;
    }

    private static List<PlanEdge> ReadEdges(JsonShape shape, IReadOnlyList<PlanNode> nodes)
    {
        if (shape.Find("edges") is null)
        {
            return PlanGraph.Chain(nodes);
        }

        var edges = new List<PlanEdge>();
        foreach (var edge in shape.Items("edges", PlanLimits.EdgesMax))
        {
            edge.Only("from", "to");
            edges.Add(new PlanEdge(edge.Text("from", isRequired: true) ?? "", edge.Text("to", isRequired: true) ?? ""));
        }

        return edges;
    }
}
